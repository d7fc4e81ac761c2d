package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarStreamTest {

    private final List<String> seen = new ArrayList<>();
    private final TarStream tar = new TarStream(new TarStream.Members() {
        private final StringBuilder content = new StringBuilder();

        @Override
        public void begin(TarHeader header) {
            seen.add(header.type() + " " + header.name() + " " + header.size());
        }

        @Override
        public void content(ByteBuffer bytes) {
            content.append(StandardCharsets.UTF_8.decode(bytes));
        }

        @Override
        public void end() {
            seen.add(content.toString());
            content.setLength(0);
        }
    });

    /** A member as PostgreSQL's tarCreateHeader writes it, with its content and padding. */
    static byte[] member(String name, char type, String content) {
        int padded = (content.length() + 511) / 512 * 512;
        ByteBuffer block = ByteBuffer.allocate(512 + padded);
        put(block, 0, name);
        put(block, 100, type == '5' ? "0000700 " : "0000600 ");
        put(block, 124, String.format(Locale.ROOT, "%011o ", content.length()));
        block.put(156, (byte) type);
        put(block, 512, content);
        return withChecksum(block.array());
    }

    static byte[] withChecksum(byte[] block) {
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += block[i] & 0xFF;
        }
        put(ByteBuffer.wrap(block), 148, String.format(Locale.ROOT, "%06o ", sum));
        return block;
    }

    private static void put(ByteBuffer block, int at, String text) {
        block.put(at, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] stream(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        Arrays.stream(parts).forEach(all::put);
        return all.array();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 511, 512, 513, 100_000})
    void takesTheStreamApartHoweverItIsCut(int piece) throws IOException {
        byte[] stream = stream(
                member("backup_label", '0', "START"),
                member("./pg_wal/archive_status/", '5', ""),
                member("empty", '0', ""),
                member("base/1/2", '0', "x".repeat(1024)),
                new byte[1024]);
        for (int at = 0; at < stream.length; at += piece) {
            tar.accept(ByteBuffer.wrap(stream, at, Math.min(piece, stream.length - at)));
        }
        tar.end();

        assertThat(seen)
                .containsExactly(
                        "FILE backup_label 5",
                        "START",
                        "DIRECTORY pg_wal/archive_status 0",
                        "",
                        "FILE empty 0",
                        "",
                        "FILE base/1/2 1024",
                        "x".repeat(1024));
    }

    @Test
    void needsNoBlocksAtTheEnd() throws IOException {
        tar.accept(ByteBuffer.wrap(member("PG_VERSION", '0', "13\n")));
        tar.end();

        assertThat(seen).containsExactly("FILE PG_VERSION 3", "13\n");
    }

    @Test
    void readsASizeInBase256() throws IOException {
        byte[] header = member("base/1/2", '0', "");
        Arrays.fill(header, 124, 136, (byte) 0);
        header[124] = (byte) 0x80;
        ByteBuffer.wrap(header).putLong(128, 9L << 30);
        tar.accept(ByteBuffer.wrap(withChecksum(header)));

        assertThat(seen).containsExactly("FILE base/1/2 " + (9L << 30));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../etc/passwd", "/etc/passwd", "base/../../etc/passwd", "base//1", "base/.."})
    void refusesNamesThatLeaveTheDirectory(String name) {
        assertThatThrownBy(() -> tar.accept(ByteBuffer.wrap(member(name, '0', "x"))))
                .isInstanceOf(IOException.class)
                .hasMessage("tar member \"" + name + "\" does not stay inside its directory");
    }

    @Test
    void refusesAHeaderWithAFlippedBit() {
        byte[] member = member("base/1/2", '0', "x");
        member[0] ^= 1;

        assertThatThrownBy(() -> tar.accept(ByteBuffer.wrap(member)))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("has a wrong checksum");
    }

    @Test
    void refusesTypesThatPostgresNeverSends() {
        assertThatThrownBy(() -> tar.accept(ByteBuffer.wrap(member("device", '3', ""))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is of type '3'");
    }

    @Test
    void noticesThatTheStreamIsCutShort() throws IOException {
        byte[] member = member("base/1/2", '0', "x".repeat(600));
        tar.accept(ByteBuffer.wrap(member, 0, 1000));

        assertThatThrownBy(tar::end).isInstanceOf(IOException.class).hasMessageContaining("in the middle");
    }
}
