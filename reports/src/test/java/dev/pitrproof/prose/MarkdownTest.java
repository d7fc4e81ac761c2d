package dev.pitrproof.prose;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkdownTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '"',
            value = {
                "1.9 s, of 5 min allowed → 1.9 s, of 5 min allowed",
                "a | b → a \\| b",
                "<b> → &lt;b&gt;",
                "&lt; → &amp;lt;",
                "*a* _b_ `c` → \\*a\\* \\_b\\_ \\`c\\`",
                "[x](http://y) → \\[x\\](http&#58;//y)",
                "see www.y.z → see www&#46;y.z",
                "@team → &#64;team",
                "- a → &#8203;- a",
                "1. a → &#8203;1. a",
            })
    void textIsShownAsItStands(String text, String markdown) {
        assertThat(Markdown.text(text)).isEqualTo(markdown);
    }

    @Test
    void textStaysOnItsLine() {
        assertThat(Markdown.text("a\n# b\r\n\u001b[1mc")).isEqualTo("a \\# b \\[1mc");
        assertThat(Markdown.code("a\n```\nb")).isEqualTo("````a ``` b````");
    }

    @Test
    void codeCannotBeLeftEarly() {
        assertThat(Markdown.code("`a`|b")).isEqualTo("`` `a`\\|b ``");
        assertThat(Markdown.code(" ")).isEmpty();
    }
}
