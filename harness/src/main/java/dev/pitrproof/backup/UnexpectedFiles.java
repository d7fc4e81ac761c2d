package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Looks for files in a backup that its manifest does not name. Tablespaces are followed through their links. */
final class UnexpectedFiles {

    private final ManifestSurvey manifest;
    private final VerificationSettings settings;
    private final CollectedFindings findings;

    private UnexpectedFiles(ManifestSurvey manifest, VerificationSettings settings, CollectedFindings findings) {
        this.manifest = manifest;
        this.settings = settings;
        this.findings = findings;
    }

    static void find(Path directory, ManifestSurvey manifest, VerificationSettings settings, CollectedFindings findings)
            throws IOException {
        new UnexpectedFiles(manifest, settings, findings).look(directory, "");
    }

    private void look(Path root, String prefix) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return !directory.equals(root) && settings.ignores(name(directory))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = name(file);
                if (settings.ignores(name)) {
                    return FileVisitResult.CONTINUE;
                }
                if (attributes.isSymbolicLink()) {
                    followed(file, name);
                } else {
                    file(name, attributes);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                findings.unreadable(name(file), e);
                return FileVisitResult.CONTINUE;
            }

            private String name(Path path) {
                return prefix + root.relativize(path);
            }
        });
    }

    private void followed(Path link, String name) throws IOException {
        BasicFileAttributes target;
        try {
            target = Files.readAttributes(link, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            findings.note("\"" + name + "\" is a link to \"" + Files.readSymbolicLink(link) + "\", which is not there");
            return;
        } catch (IOException e) {
            findings.unreadable(name, e);
            return;
        }
        if (!target.isDirectory()) {
            file(name, target);
        } else if (name.startsWith(MemberFiles.TABLESPACE_LINKS)
                && TablespaceMap.isOid(name.substring(MemberFiles.TABLESPACE_LINKS.length()))) {
            look(link.toRealPath(), name + "/");
        } else {
            // who knows where it leads: what the manifest names is compared behind it, too
            findings.note("\"" + name + "\" is a link to a directory: files there that the manifest does not name are"
                    + " not looked for");
        }
    }

    private void file(String name, BasicFileAttributes attributes) {
        // the mark of a damaged backup has been read already
        if (manifest.names(name) || name.equals(DamageMark.FILE_NAME)) {
            return;
        }
        findings.add(
                attributes.isRegularFile()
                        ? new Mismatch(Mismatch.Kind.EXTRA, name, "", attributes.size() + " bytes")
                        : new Mismatch(Mismatch.Kind.NOT_A_FILE, name, "", ""));
    }
}
