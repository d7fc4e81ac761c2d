package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BasebackupOptionsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    -Ft                      | output format is "t": only plain is supported yet
                    -Fx                      | output format is "x": expected plain or tar
                    -Xall                    | wal-method is "all": expected none, fetch or stream
                    -cslow                   | checkpoint is "slow": expected fast or spread
                    -r31                     | transfer rate is "31": expected 32k to 1024M
                    -T/a                     | tablespace mapping is "/a": expected OLDDIR=NEWDIR with two absolute paths
                    --manifest-checksums=MD5 | manifest checksum is "MD5": expected NONE, CRC32C, SHA224, SHA256, SHA384 or SHA512
                    -C                       | --create-slot needs a slot to be specified using --slot
                    """)
    void refusesWhatItCannotDoBeforeAnythingHappens(String option, String message, @TempDir Path directory) {
        StringWriter err = new StringWriter();
        Path target = directory.resolve("backup");

        int exitCode = new picocli.CommandLine(new BasebackupCommand())
                .setErr(new PrintWriter(err, true))
                .execute("-D", target.toString(), option);

        assertThat(err.toString()).startsWith("pitrproof: error: " + message);
        assertThat(exitCode).isEqualTo(2);
        assertThat(target).doesNotExist();
    }
}
