package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceivewalOptionsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            -Sone                        | no target directory specified
            -D/no/such/directory         | "/no/such/directory" is not a directory
            --create-slot                | --create-slot needs a slot to be specified using --slot
            --create-slot --drop-slot -Sx| --create-slot contradicts --drop-slot
            -D/tmp --endpos=here         | "here" is not an LSN: expected two hexadecimal numbers like 0/16B3748
            -D/tmp -Zserver-gzip         | compression is "server-gzip": expected gzip, lz4, zstd or none
            -D/tmp -s-1                  | status interval is -1: expected 0 or more seconds
            -D/tmp --synchronous --no-sync | --synchronous contradicts --no-sync
            -Ds3://bucket/wal            | no spool is named for s3://bucket/wal
            -Ds3://bucket/wal --spool=/no/such | "/no/such" is not a directory
            -Ds3://bucket/wal --spool=/tmp --spool-files=0 | --spool-files is 0: expected 1 or more
            -D/tmp --spool=/tmp          | found --spool with directory "/tmp", expected s3://BUCKET/PREFIX
            """)
    void refusesWhatMakesNoSense(String options, String message) {
        StringWriter err = new StringWriter();

        int exitCode = new picocli.CommandLine(new ReceivewalCommand())
                .setErr(new PrintWriter(err, true))
                .execute(options.split(" ", -1));

        assertThat(err.toString()).startsWith("pitrproof: error: " + message);
        assertThat(exitCode).isEqualTo(2);
    }
}
