package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BasebackupOptionsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    -Zgzip                   | only tar mode backups can be compressed
                    -Zserver-bzip2           | compression is "server-bzip2": expected {client-,server-}gzip, lz4, zstd or none, perhaps with :LEVEL or :level=N,workers=N
                    -zZlz4                   | --gzip contradicts --compress
                    -Ft --waldir=/a          | WAL directory location can only be specified in plain mode
                    -Ft -T/a=/b              | tablespaces can only be relocated in plain mode
                    -D- -Xfetch              | only tar mode backups can go to standard output
                    -D- -Ft                  | cannot stream write-ahead logs in tar mode to stdout
                    -D- -Ft -Xn -Zserver-lz4 | the manifest cannot be added to what the server has compressed
                    -i/no/such/manifest      | manifest "/no/such/manifest" cannot be read
                    -Fx                      | output format is "x": expected plain or tar
                    -Xall                    | wal-method is "all": expected none, fetch or stream
                    -cslow                   | checkpoint is "slow": expected fast or spread
                    -r31                     | transfer rate is "31": expected 32k to 1024M
                    -T/a                     | tablespace mapping is "/a": expected OLDDIR=NEWDIR with two absolute paths
                    --manifest-checksums=MD5 | manifest checksum is "MD5": expected NONE, CRC32C, SHA224, SHA256, SHA384 or SHA512
                    -C                       | --create-slot needs a slot to be specified using --slot
                    """)
    void refusesWhatItCannotDoBeforeAnythingHappens(String options, String message, @TempDir Path directory) {
        StringWriter err = new StringWriter();
        Path target = directory.resolve("backup");

        List<String> arguments = new ArrayList<>(List.of(options.split(" ", -1)));
        if (!options.startsWith("-D")) {
            arguments.add("-D" + target);
        }

        int exitCode = new picocli.CommandLine(new BasebackupCommand())
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));

        assertThat(err.toString()).startsWith("pitrproof: error: " + message);
        assertThat(exitCode).isEqualTo(2);
        assertThat(target).doesNotExist();
    }
}
