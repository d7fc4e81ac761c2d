package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** What a user is told when a drill cannot go on, and on whom that throws a light. */
class BreakOffTest {

    /** The sandbox knows it of its own programs, and says it in words of its own. */
    @Test
    void aSandboxThatLacksSomethingCannotJudge() {
        SandboxException lacking = new SandboxException(
                SandboxException.Kind.CANNOT_JUDGE, "there is no pg_restore here", "install it", null);

        assertThat(BreakOff.of(lacking))
                .isEqualTo(new BreakOff(FindingCode.ENGINE_CANNOT_JUDGE, "there is no pg_restore here", "install it"));
    }

    @Test
    void aServerThatLacksSomethingCannotJudgeWhoeverPassesItsWordsOn() {
        BreakOff why = BreakOff.of(new IOException("compression method lz4 not supported"));

        assertThat(why.code()).isEqualTo(FindingCode.ENGINE_CANNOT_JUDGE);
        assertThat(why.hint()).contains("--image").contains("--pg-bin");
    }

    @Test
    void whatElseFailsIsTheMachines() {
        SandboxException died = new SandboxException(
                SandboxException.Kind.SERVER_DIED, "the restored server died", "look at its log", null);

        assertThat(BreakOff.of(died))
                .isEqualTo(new BreakOff(FindingCode.ENVIRONMENT, "the restored server died", "look at its log"));
    }

    /** The Java platform's own message is the bare path. */
    @Test
    void aFileThatCannotBeReadIsSaidToBe() {
        BreakOff closed = BreakOff.of(new AccessDeniedException("/backup/global/pg_control"));

        assertThat(closed.found()).isEqualTo("/backup/global/pg_control: permission denied");
        assertThat(closed.hint()).startsWith("run as a user who may read backup and archive");
        assertThat(BreakOff.of(new NoSuchFileException("/backup/PG_VERSION")).found())
                .isEqualTo("/backup/PG_VERSION: no such file");
    }
}
