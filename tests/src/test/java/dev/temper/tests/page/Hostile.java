package dev.temper.tests.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Texts by people who want a moderator's browser to do something, and how one sees that it did not. */
final class Hostile {
    /** Set before each page's own scripts; each payload that runs changes it. */
    static final String CANARY =
            "globalThis.canary = 'untouched'; globalThis.violations = []; addEventListener('securitypolicyviolation',"
                    + " (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI));";

    private static final String RUN = "globalThis.canary='ran';alert(1)";

    static final List<String> TEXTS = List.of(
            "<script>" + RUN + "</script>",
            "<img src=x onerror=\"" + RUN + "\">",
            "<svg/onload=" + RUN + "><animate onbegin=" + RUN + " attributeName=x dur=1s></svg>",
            "javascript:" + RUN,
            "<a href=\"javascript:" + RUN + "\">a link</a> https://evil.invalid/",
            "\"><body onload=" + RUN + ">",
            "' onfocus='" + RUN + "' autofocus tabindex='1",
            "\" style=\"background:url(//evil.invalid/x)\" onpointerenter=\"" + RUN + "\" x=\"",
            "${" + RUN + "} {{constructor.constructor('" + RUN.replace("'", "\\'") + "')()}} #{7*7} <%= 7*7 %>",
            "</textarea></title></style></option></select><script>" + RUN + "</script>",
            "<iframe srcdoc=\"<script>parent." + RUN + "</script>\"></iframe><object data=//evil.invalid></object>",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=" + RUN
                    + "&gt;\">",
            "<form action=//evil.invalid><button formaction=\"javascript:" + RUN + "\">x</button></form>",
            "<link rel=stylesheet href=//evil.invalid><meta http-equiv=refresh content=\"0;url=//evil.invalid\"><base"
                    + " href=//evil.invalid>",
            "&lt;script&gt;" + RUN + "&lt;/script&gt; ＜script＞ \\u003cscript\\u003e %3Cscript%3E",
            "]]>--><script>" + RUN + "</script><!-- \n\ndata: {\"id\":\"x\"}\n\nevent: flagged\ndata: {}\n\n",
            "__proto__",
            "constructor");

    /** Turns its neighbours around, hides in nothing, and piles marks on a letter. */
    static final String UNSEEN = "safe\u202Etxt.exe\u202C a\u200Bb\uFEFFc\u2066d\u2069 e\u0000f g\uDB40\uDC41 " + "h"
            + "\u0301".repeat(40) + " \uD83D\uDC69\u200D\uD83D\uDCBB";

    static final String UNBREAKABLE = "W".repeat(4_000);

    private Hostile() {}

    /** The canary; what the policy refused; elements and attributes that no text may make; requests to elsewhere. */
    private static final String LOOK = """
            const here = [location.origin + '/moderation/', location.origin + '/api/'];
            const active = /^(script|img|iframe|object|embed|link|style|base|meta|a|video|audio|math|foreignobject|animate)$/i;
            const isOurs = (one) => one.name === 'style' && /^(width|left): [\\d.]+%;$/.test(one.value);
            return [
              globalThis.canary,
              globalThis.violations.join(),
              [...document.querySelectorAll('main *')].filter((node) => active.test(node.localName)
                || (node.localName === 'form' && node.id !== 'filters')
                || [...node.attributes].some((one) => /^on|^style$|^href$|^src/i.test(one.name) && !isOurs(one)))
                .map((node) => node.outerHTML.slice(0, 200)).join(),
              performance.getEntriesByType('resource').map((one) => one.name)
                .filter((url) => !here.some((beginning) => url.startsWith(beginning))).join(),
            ].map(String);
            """;

    /** That nothing of what the page shows became more than text. */
    static void assertHarmless(Browser browser) {
        assertThat(browser.hasDialog()).as("a dialog is open").isFalse();
        assertThat(browser.run(LOOK)).isEqualTo(List.of("untouched", "", "", ""));
    }
}
