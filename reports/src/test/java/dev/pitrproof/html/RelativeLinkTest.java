package dev.pitrproof.html;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RelativeLinkTest {

    @Test
    void linksLeadNowhereElse() {
        assertThat(RelativeLink.of("a b/ü#?.log")).isEqualTo("./a%20b/%C3%BC%23%3F.log");
        assertThat(RelativeLink.of("javascript:alert(1)")).isEqualTo("./javascript%3Aalert%281%29");
        assertThat(RelativeLink.of("//elsewhere/x")).isEqualTo(".///elsewhere/x");
    }
}
