package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class Utf8TextTest {

    @Test
    void writesNumbersAsJavaDoes() {
        for (int number : new int[] {0, 1, 9, 10, 99, 100, 0xF, 0x10, 0x12345678, Integer.MAX_VALUE, -1, -10}) {
            assertThat(new Utf8Text(0).appendDecimal(number)).hasToString(Integer.toUnsignedString(number));
            assertThat(new Utf8Text(0).appendHexadecimal(number))
                    .hasToString(Integer.toHexString(number).toUpperCase(Locale.ROOT));
        }
        assertThat(new Utf8Text(0).appendDecimal(42, 6)).hasToString("000042");
    }

    @Test
    void growsAndPadsAndKeepsEveryCharacter() {
        Utf8Text text = new Utf8Text(1).append("grün, 漢字").append('|');
        int bytes = text.length();
        text.padTo(bytes + 3).padTo(bytes).append("…");

        assertThat(text).hasToString("grün, 漢字|   …");
        text.clear();
        assertThat(text.append("again")).hasToString("again");
    }
}
