package dev.pitrproof.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which complaints of a server are about itself, and which about the data. */
final class CannotJudgeTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FATAL:  could not restore image at 0/B00028 compressed with zstd not supported by build, block 0",
                "ERROR: compression method lz4 not supported",
                "ERROR: invalid value for parameter \"wal_compression\": \"zstd\"",
                "ERROR: invalid LC_COLLATE locale name: \"fr_FR.UTF-8\"",
                "FATAL: database locale is incompatible with operating system",
                "FATAL:  could not load library \"/usr/lib/postgresql/17/lib/timescaledb.so\": No such file or directory",
                "ERROR: could not access file \"$libdir/postgis-3\": No such file or directory"
            })
    void aServerThatLacksSomethingDoesNotJudge(String words) {
        assertThat(CannotJudge.isSaidBy(words)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PANIC:  could not locate a valid checkpoint record at 0/2000028",
                "FATAL:  could not open file \"base/5/2601\": No such file or directory",
                "FATAL:  could not restore image at 0/B00028 with invalid block 0 specified",
                "ERROR: invalid value for parameter \"wal_compression\": \"yes please\"",
                "ERROR:  invalid page in block 7 of relation base/5/16384"
            })
    void damageIsJudged(String words) {
        assertThat(CannotJudge.isSaidBy(words)).isFalse();
    }
}
