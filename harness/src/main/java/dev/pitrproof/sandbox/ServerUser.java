package dev.pitrproof.sandbox;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The operating system's user that servers run as: whoever runs this program, and for root, whom PostgreSQL refuses,
 * another one.
 *
 * <p>That other one is {@code nobody} and not {@code postgres}, because a disposable cluster must not have the
 * permissions of real ones. The environment variable {@code PITRPROOF_RUN_AS} names another user.
 *
 * @param name the user's name
 * @param uid the user's number
 * @param gid the number of the user's group
 * @param stepDown what to put before a command line so that it runs as this user; empty when it does anyway
 * @param keepsProcessId whether the process keeps its number, that is, whether {@code stepDown} does not fork
 */
record ServerUser(String name, long uid, long gid, List<String> stepDown, boolean keepsProcessId) {

    static final String VARIABLE = "PITRPROOF_RUN_AS";

    /**
     * The user for this process.
     *
     * @param runAs the user to step down to when this process is root's; empty for {@code nobody}
     */
    static ServerUser find(Optional<String> runAs) throws SandboxException {
        UnixSystem process = new UnixSystem();
        if (process.getUid() != 0) {
            return new ServerUser(process.getUsername(), process.getUid(), process.getGid(), List.of(), true);
        }
        String name = runAs.orElse("nobody");
        long uid = lookUp(name, "-u");
        long gid = lookUp(name, "-g");
        if (uid == 0) {
            throw SandboxException.environment(
                    "PostgreSQL does not run as root, and " + VARIABLE + " names \"" + name + "\"",
                    "set " + VARIABLE + " to the name of an unprivileged user");
        }
        return steppingDown(name, uid, gid);
    }

    private static ServerUser steppingDown(String name, long uid, long gid) throws SandboxException {
        List<String> setpriv =
                List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--no-new-privs");
        List<String> runuser = List.of("runuser", "-u", name, "--");
        List<String> su = List.of("su", "-s", "/bin/sh", name, "-c", "exec \"$0\" \"$@\"", "--");
        for (List<String> way : List.of(setpriv, runuser, su)) {
            Optional<Path> program = Subprocess.which(way.get(0));
            if (program.isPresent()) {
                List<String> command = new ArrayList<>(way);
                command.set(0, program.get().toString());
                if (works(command)) {
                    // runuser and su stay behind as parents, to close the session that PAM opened
                    return new ServerUser(name, uid, gid, List.copyOf(command), way == setpriv);
                }
            }
        }
        throw SandboxException.environment(
                "PostgreSQL does not run as root, and neither setpriv nor runuser nor su can step down to \"" + name
                        + "\"",
                "run as another user than root, or install setpriv (package util-linux)");
    }

    /** Tried and not assumed: runuser and su need PAM, and a small setpriv knows fewer options. */
    private static boolean works(List<String> stepDown) {
        List<String> command = new ArrayList<>(stepDown);
        command.addAll(List.of("sh", "-c", "exit 0"));
        try {
            return Subprocess.run(command).succeeded();
        } catch (IOException e) {
            return false;
        }
    }

    private static long lookUp(String name, String what) throws SandboxException {
        try {
            Subprocess.Result result = Subprocess.run(List.of("id", what, "--", name));
            if (result.succeeded()) {
                return Long.parseLong(result.output().trim());
            }
        } catch (IOException | NumberFormatException e) {
            throw SandboxException.environment(
                    "cannot look up the user \"" + name + "\": " + e.getMessage(),
                    "check that the program id works",
                    e);
        }
        throw SandboxException.environment(
                "there is no user \"" + name + "\" to run PostgreSQL as",
                "set " + VARIABLE + " to the name of an unprivileged user");
    }

    boolean isAnother() {
        return !stepDown.isEmpty();
    }

    /** A command line that runs {@code command} as this user. */
    List<String> command(List<String> command) {
        List<String> all = new ArrayList<>(stepDown);
        all.addAll(command);
        return all;
    }

    /** Makes this user the owner of one file or directory. */
    void own(Path path) throws IOException {
        if (isAnother()) {
            Files.setAttribute(path, "unix:uid", (int) uid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", (int) gid, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Makes this user the owner of a file, or of a directory and all below it; links are not followed. */
    void ownTree(Path path) throws IOException {
        if (!isAnother()) {
            return;
        }
        // chown walks by directory handles: a link swapped in meanwhile cannot lead it elsewhere
        Subprocess.Result result = Subprocess.run(List.of(
                "chown",
                "-R",
                "-h",
                uid + ":" + gid,
                "--",
                path.toAbsolutePath().toString()));
        if (!result.succeeded()) {
            throw SandboxException.environment(
                    "cannot hand " + path + " to the user \"" + name + "\": " + result.lastLine(),
                    "run as an unprivileged user, or on a file system that knows owners");
        }
    }

    /**
     * The first directory on the way to {@code path} that this user cannot pass, or {@code path} itself when the user
     * cannot read it; empty if all is well.
     */
    Optional<Path> blockedAt(Path path) throws IOException {
        if (!isAnother()) {
            return Files.isReadable(path) ? Optional.empty() : Optional.of(path);
        }
        Path real = path.toRealPath();
        for (int names = 0; names <= real.getNameCount(); names++) {
            Path part = names == 0 ? real.getRoot() : real.getRoot().resolve(real.subpath(0, names));
            boolean last = names == real.getNameCount();
            int needed = !last ? 1 : Files.isDirectory(part) ? 5 : 4;
            // permission bits first, as they cost nothing; access lists are only known to the system
            if (!permits(part, needed) && !triedWith(part, last ? "-r" : "-x")) {
                return Optional.of(part);
            }
        }
        return Optional.empty();
    }

    private boolean permits(Path path, int bits) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:mode,uid,gid");
        int mode = number(attributes, "mode");
        int shift = number(attributes, "uid") == uid ? 6 : number(attributes, "gid") == gid ? 3 : 0;
        return (mode >> shift & bits) == bits;
    }

    private static int number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Integer value ? value : -1;
    }

    private boolean triedWith(Path path, String test) throws IOException {
        return Subprocess.run(command(List.of("sh", "-c", "test " + test + " \"$0\"", path.toString())))
                .succeeded();
    }
}
