package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pitrproof.backup.BackupCompression.Side;
import dev.pitrproof.compression.Compression;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackupCompressionTest {

    @Test
    void takesTheWordsOfPgBasebackup() {
        assertThat(BackupCompression.parse("none")).isEqualTo(BackupCompression.NONE);
        assertThat(BackupCompression.parse("0")).isEqualTo(BackupCompression.NONE);
        assertThat(BackupCompression.parse("7")).isEqualTo(BackupCompression.parse("client-gzip:level=7"));
        assertThat(BackupCompression.parse("lz4").level().method()).isEqualTo(Compression.LZ4);
        BackupCompression server = BackupCompression.parse("server-zstd:level=-5,workers=3,long");
        assertThat(server.side()).isEqualTo(Side.SERVER);
        assertThat(server.level().level()).isEqualTo(OptionalInt.of(-5));
        assertThat(server.serverDetail()).isEqualTo("level=-5,workers=3,long");
        assertThat(BackupCompression.parse("server-lz4").serverDetail()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bzip2            | compression is "bzip2": expected {client-,server-}gzip, lz4, zstd or none, perhaps with :LEVEL or :level=N,workers=N
            both-gzip        | compression is "both-gzip": expected {client-,server-}gzip, lz4, zstd or none, perhaps with :LEVEL or :level=N,workers=N
            gzip:10          | compression level of gzip is 10: expected 1 to 9
            client-lz4:13    | compression level of lz4 is 13: expected 1 to 12
            zstd:23          | compression level of zstd is 23: expected -131072 to 22
            gzip:workers=2   | compression gzip has no workers: only zstd has
            lz4:long         | compression lz4 has no long-distance mode: only zstd has
            zstd:workers=x   | compression is "zstd:workers=x": expected a whole number behind "workers="
            zstd:speed=1     | compression is "zstd:speed=1": "speed" is no detail of it, expected level, workers or long
            none:1           | compression is "none:1": none takes no details
            """)
    void refusesWhatItDoesNotKnow(String words, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackupCompression.parse(words))
                .withMessage(message);
    }
}
