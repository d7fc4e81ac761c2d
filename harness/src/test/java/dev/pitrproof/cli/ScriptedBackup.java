package dev.pitrproof.cli;

import dev.pitrproof.replication.ScriptedServer;
import dev.pitrproof.replication.ScriptedServer.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a scripted server answers to a client that takes a base backup: as it is, the smallest that passes every check of
 * ours. Tests spoil one part of it.
 */
final class ScriptedBackup implements ScriptedServer.Script {

    /** Sends a part of the conversation. */
    interface Part {
        void send(Wire wire) throws IOException;
    }

    static final String SYSTEM = "7000000000000000001";
    static final int SEGMENT = 1 << 20;

    String system = SYSTEM;
    String systemOfSecondConnection = SYSTEM;
    String segmentSize = "1MB";
    String start = "0/200028";
    String timeline = "1";
    String end = "0/200100";
    String endTimeline = "1";
    String label = """
            START WAL LOCATION: 0/200028 (file 000000010000000000000002)
            CHECKPOINT LOCATION: 0/200060
            BACKUP METHOD: streamed
            BACKUP FROM: primary
            START TIME: 2026-11-21 07:25:07 UTC
            LABEL: x
            START TIMELINE: 1
            """;
    final List<@Nullable String[]> tablespaces = new ArrayList<>();
    /** Archives besides base.tar, which come before it. */
    final Map<String, byte[]> archives = new LinkedHashMap<>();

    final ByteArrayOutputStream base = new ByteArrayOutputStream();
    /** Members that come behind the others of base.tar. */
    final ByteArrayOutputStream more = new ByteArrayOutputStream();

    byte @Nullable [] manifest;
    Part beforeCopy = wire -> {};
    /** Sends everything from CopyOutResponse to CopyDone. */
    Part copy = this::copyAll;

    Part beforeEnd = wire -> {};
    /** Answers START_REPLICATION; the position is that of the segment's begin. */
    Part wal = this::oneSegment;

    Part history = wire -> wire.result("00000002.history", "1\t0/200000\tno reason\n");

    private final Map<String, byte[]> listed = new LinkedHashMap<>();

    ScriptedBackup() {
        tablespaces.add(new @Nullable String[] {null, null, "100"});
        for (String directory : List.of("global", "pg_wal", "pg_tblspc")) {
            base.writeBytes(member(directory + "/", '5', ""));
        }
        add("PG_VERSION", "17\n".getBytes(StandardCharsets.UTF_8));
        add("global/pg_control", control(Long.parseLong(SYSTEM)));
    }

    /** A file that the manifest lists, too. */
    void add(String name, byte[] content) {
        listed.put(name, content);
        base.writeBytes(member(name, '0', content));
    }

    static byte[] control(long system) {
        ByteBuffer control = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
        control.putLong(0, system).putInt(8, 1700).putInt(12, 202406281).putInt(16, 6);
        control.putInt(48, 1).putInt(216, 8192).putInt(228, SEGMENT).putInt(220, 131072);
        CRC32C sum = new CRC32C();
        sum.update(control.array(), 0, 288);
        return control.putInt(288, (int) sum.getValue()).array();
    }

    static byte[] member(String name, char type, String content) {
        return member(name, type, content.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] member(String name, char type, byte[] content) {
        byte[] header = header(name, type, String.format(Locale.ROOT, "%011o ", content.length), "0000600 ");
        return ByteBuffer.allocate(512 + (content.length + 511) / 512 * 512)
                .put(header)
                .put(content)
                .array();
    }

    /** A header with a right checksum, whatever else is in it. */
    static byte[] header(String name, char type, String size, String mode) {
        byte[] block = new byte[512];
        put(block, 0, name);
        put(block, 100, mode);
        put(block, 124, size);
        block[156] = (byte) type;
        put(block, 157, "/etc/passwd");
        return summed(block);
    }

    static byte[] summed(byte[] block) {
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += block[i] & 0xFF;
        }
        put(block, 148, String.format(Locale.ROOT, "%06o ", sum));
        return block;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    /** The manifest that belongs to the files. */
    String manifest() {
        Map<String, byte[]> all = new LinkedHashMap<>(listed);
        all.put("backup_label", label.getBytes(StandardCharsets.UTF_8));
        StringBuilder text = new StringBuilder(
                "{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": " + SYSTEM + ",\n\"Files\": [\n");
        all.forEach((name, content) -> text.append(String.format(
                Locale.ROOT,
                "{ \"Path\": \"%s\", \"Size\": %d, \"Last-Modified\": \"2026-01-02 03:04:05 GMT\","
                        + " \"Checksum-Algorithm\": \"SHA256\", \"Checksum\": \"%s\" },\n",
                name,
                content.length,
                sha256(content))));
        text.setLength(text.length() - 2);
        text.append(
                "\n],\n\"WAL-Ranges\": [\n{ \"Timeline\": 1, \"Start-LSN\": \"0/200028\", \"End-LSN\": \"0/200100\" }\n],\n");
        return signed(text.toString());
    }

    /** With the checksum that it must have as its last line. */
    static String signed(String body) {
        return body + "\"Manifest-Checksum\": \"" + sha256(body.getBytes(StandardCharsets.UTF_8)) + "\"}\n";
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void answer(String command, Wire wire, int connection) throws IOException {
        String verb = command.split(" ", 2)[0];
        switch (verb) {
            case "IDENTIFY_SYSTEM" ->
                wire.result(connection == 1 ? system : systemOfSecondConnection, timeline, start, null);
            case "SHOW" -> wire.result(command.contains("segment_size") ? segmentSize : "0700");
            case "CREATE_REPLICATION_SLOT" -> wire.result("slot", "0/0", null, null);
            case "TIMELINE_HISTORY" -> history.send(wire);
            case "BASE_BACKUP" -> baseBackup(wire);
            case "START_REPLICATION" -> {
                wal.send(wire);
                return;
            }
            default -> wire.error("42601", "syntax error");
        }
        wire.ready();
    }

    private void baseBackup(Wire wire) throws IOException {
        wire.result(start, timeline);
        wire.describe(3);
        for (@Nullable String[] tablespace : tablespaces) {
            wire.row(tablespace);
        }
        wire.complete("SELECT");
        beforeCopy.send(wire);
        copy.send(wire);
        beforeEnd.send(wire);
        wire.result(end, endTimeline);
        wire.complete("BASE_BACKUP");
    }

    private void copyAll(Wire wire) throws IOException {
        wire.copyOut();
        sendArchives(wire);
        sendManifest(wire);
        wire.copyDone();
    }

    void sendArchives(Wire wire) throws IOException {
        for (Map.Entry<String, byte[]> archive : archives.entrySet()) {
            begin(archive.getKey(), wire);
            send(archive.getValue(), wire);
        }
        begin("base.tar", wire);
        send(member("backup_label", '0', label), wire);
        send(base.toByteArray(), wire);
        send(more.toByteArray(), wire);
        send(new byte[1024], wire);
    }

    static void begin(String archive, Wire wire) throws IOException {
        wire.data('n', (archive + "\0\0").getBytes(StandardCharsets.UTF_8));
    }

    static void send(byte[] content, Wire wire) throws IOException {
        for (int at = 0; at < content.length; at += 32768) {
            wire.data('d', Arrays.copyOfRange(content, at, Math.min(content.length, at + 32768)));
        }
    }

    void sendManifest(Wire wire) throws IOException {
        byte[] content = manifest;
        wire.data('m', new byte[0]);
        send(content == null ? manifest().getBytes(StandardCharsets.UTF_8) : content, wire);
    }

    private void oneSegment(Wire wire) throws IOException {
        wire.copyBoth();
        for (int at = 0; at < SEGMENT; at += 1 << 17) {
            byte[] piece = new byte[1 << 17];
            wire.wal(2L * SEGMENT + at, at == 0 ? ScriptedWal.begin(piece, 2L * SEGMENT) : piece);
        }
        wire.awaitCopyDone();
        wire.copyDone();
        wire.complete("START_STREAMING");
        wire.ready();
    }
}
