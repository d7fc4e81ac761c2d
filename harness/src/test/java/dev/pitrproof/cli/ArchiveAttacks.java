package dev.pitrproof.cli;

import static dev.pitrproof.cli.ScriptedBackup.header;
import static dev.pitrproof.cli.ScriptedBackup.member;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Tar streams and manifests that no server sends. */
final class ArchiveAttacks {

    private ArchiveAttacks() {}

    static Consumer<ScriptedBackup> withMember(byte[]... members) {
        return script -> Arrays.asList(members).forEach(script.more::writeBytes);
    }

    static Stream<Attack> membersOfTar() {
        List<Attack> both = new ArrayList<>();
        for (String format : List.of("-Fp", "-Ft")) {
            String outside = "does not stay inside its directory";
            both.addAll(List.of(
                    Attack.of("dots " + format, outside, withMember(member("../evil", '0', "x")), format),
                    Attack.of(
                            "dots below " + format, outside, withMember(member("global/../../evil", '0', "x")), format),
                    Attack.of("absolute " + format, outside, withMember(member("/tmp/evil", '0', "x")), format),
                    Attack.of(
                            "control characters " + format,
                            "member \"a?[2J/../x\"",
                            withMember(member("a\u001b[2J/../x", '0', "x")),
                            format),
                    Attack.of(
                            "link out " + format,
                            "is a symbolic link that is no tablespace",
                            withMember(member("pg_hba.conf", '2', "")),
                            format),
                    Attack.of("hard link " + format, "is of type '1'", withMember(member("x", '1', "")), format),
                    Attack.of("device " + format, "is of type '3'", withMember(member("x", '3', "")), format),
                    Attack.of(
                            "twice " + format,
                            "\"PG_VERSION\" comes twice",
                            withMember(member("PG_VERSION", '0', "17\n")),
                            format),
                    Attack.of(
                            "larger than its content " + format,
                            "in the middle of a member",
                            withMember(header("x", '0', "00000100000 ", "0000600 "), new byte[512]),
                            format),
                    Attack.of(
                            "smaller than its content " + format,
                            "has a wrong checksum",
                            withMember(
                                    header("x", '0', "00000000001 ", "0000600 "),
                                    member("y", '0', "y").clone(),
                                    "z".repeat(512).getBytes(StandardCharsets.UTF_8)),
                            format),
                    Attack.of(
                            "negative " + format,
                            "where an octal number is expected",
                            withMember(header("x", '0', "-0000000001 ", "0000600 ")),
                            format),
                    Attack.of(
                            "negative in base 256 " + format,
                            "a negative number, or one of more than 63 bits",
                            withMember(base256((byte) 0xFF, -5)),
                            format),
                    Attack.of(
                            "huge in base 256 " + format,
                            "a negative number, or one of more than 63 bits",
                            withMember(base256((byte) 0x80, -1)),
                            format),
                    Attack.of(
                            "an exabyte in base 256 " + format,
                            "in the middle of a member",
                            withMember(base256((byte) 0x80, 1L << 60)),
                            format),
                    Attack.of(
                            "no checksum " + format,
                            "where an octal number is expected",
                            withMember("x".repeat(512).getBytes(StandardCharsets.UTF_8)),
                            format)));
        }
        return Stream.concat(
                both.stream(),
                Stream.of(
                        Attack.of(
                                "link to a tablespace that is none",
                                "is a symbolic link that is no tablespace",
                                withMember(member("pg_tblspc/16384", '2', ""))),
                        Attack.of(
                                "file without a directory",
                                "comes without its directory",
                                withMember(member("base/1/2", '0', "x"))),
                        Attack.of(
                                "file below a file",
                                "comes without its directory",
                                withMember(member("PG_VERSION/x", '0', "x"))),
                        Attack.of(
                                "mode that keeps everybody out",
                                "where an octal number is expected",
                                withMember(
                                        header("locked/", '5', "00000000000 ", "0000000 "),
                                        member("locked/x", '0', "x"),
                                        "x".repeat(512).getBytes(StandardCharsets.UTF_8))),
                        Attack.damage(
                                "file that no manifest names",
                                "present on disk but not in the manifest",
                                withMember(member("intruder", '0', "x")))));
    }

    private static byte[] base256(byte lead, long value) {
        byte[] header = header("x", '0', "", "0000600 ");
        header[124] = lead;
        for (int i = 0; i < 11; i++) {
            header[135 - i] = (byte) (i < 8 ? value >>> (8 * i) : value < 0 ? 0xFF : 0);
        }
        return ScriptedBackup.summed(header);
    }

    private static Consumer<ScriptedBackup> withManifest(String text) {
        return script -> script.manifest = text.getBytes(StandardCharsets.UTF_8);
    }

    static Stream<Attack> manifests() {
        return Stream.of(
                Attack.of(
                        "none",
                        "sent no manifest, though it was asked to",
                        script -> script.copy = wire -> {
                            wire.copyOut();
                            script.sendArchives(wire);
                            wire.copyDone();
                        }),
                Attack.of(
                        "twice",
                        "sent a manifest twice",
                        script -> script.copy = wire -> {
                            wire.copyOut();
                            script.sendArchives(wire);
                            script.sendManifest(wire);
                            script.sendManifest(wire);
                            wire.copyDone();
                        }),
                Attack.of(
                        "before the archive",
                        "sent archive base.tar behind the manifest",
                        script -> script.copy = wire -> {
                            wire.copyOut();
                            script.sendManifest(wire);
                            script.sendArchives(wire);
                            wire.copyDone();
                        }),
                Attack.of(
                        "endless",
                        "the manifest does not end",
                        script -> script.copy = wire -> {
                            wire.copyOut();
                            script.sendArchives(wire);
                            wire.data('m', new byte[0]);
                            byte[] spaces = " ".repeat(30000).getBytes(StandardCharsets.UTF_8);
                            while (true) {
                                wire.data('d', spaces);
                            }
                        }),
                Attack.damage("empty", "is no backup manifest", withManifest("")),
                Attack.damage("no JSON", "is no backup manifest", withManifest(ScriptedBackup.signed("rubbish\n"))),
                Attack.damage(
                        "deep",
                        "is no backup manifest",
                        withManifest(ScriptedBackup.signed("[".repeat(500_000) + "\n"))),
                Attack.damage(
                        "long name",
                        "is no backup manifest",
                        withManifest(ScriptedBackup.signed("{ \"" + "x".repeat(500_000) + "\": 1,\n"))),
                Attack.damage(
                        "another checksum",
                        "manifest checksum mismatch",
                        script -> script.manifest = script.manifest()
                                .replace("PG_VERSION", "PG_VERSIOM")
                                .getBytes(StandardCharsets.UTF_8)),
                Attack.damage(
                        "of another system",
                        "the manifest is of the system 8",
                        script -> script.manifest = resigned(script.manifest().replace(ScriptedBackup.SYSTEM, "8"))),
                Attack.damage(
                        "negative size",
                        "has size -3",
                        script ->
                                script.manifest = resigned(script.manifest().replace("\"Size\": 3,", "\"Size\": -3,"))),
                Attack.damage(
                        "size of a hundred bits",
                        "is no backup manifest",
                        script -> script.manifest = resigned(
                                script.manifest().replace("\"Size\": 3,", "\"Size\": " + "9".repeat(30) + ","))));
    }

    private static byte[] resigned(String manifest) {
        return ScriptedBackup.signed(manifest.substring(0, manifest.indexOf("\"Manifest-Checksum")))
                .getBytes(StandardCharsets.UTF_8);
    }
}
