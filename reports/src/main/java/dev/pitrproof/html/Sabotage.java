package dev.pitrproof.html;

import dev.pitrproof.evidence.Claim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The faults that were put into copies of the backup and the archive, read from what the claim about them says.
 *
 * @param caught how many were caught, of {@code injected}
 * @param groups the faults by what became of them
 */
public record Sabotage(String caught, String injected, Claim claim, List<Group> groups) {

    private static final Pattern SUM = Pattern.compile("(\\d+) of (\\d+) caught");

    /** Faults that met with the same. */
    public record Group(String heading, List<String> faults) {}

    /** Empty for a drill without such a claim, or with one in other words. */
    static Optional<Sabotage> of(List<Claim> claims) {
        return claims.stream()
                .filter(claim -> claim.claim().equals("sabotage"))
                .findFirst()
                .flatMap(claim -> {
                    Matcher sum = SUM.matcher(claim.found());
                    return sum.lookingAt()
                            ? Optional.of(new Sabotage(sum.group(1), sum.group(2), claim, groups(claim.found())))
                            : Optional.empty();
                });
    }

    private static List<Group> groups(String found) {
        List<Group> groups = new ArrayList<>();
        for (String part : divided(found, "; ")) {
            int colon = part.indexOf(": ");
            if (colon >= 0) {
                groups.add(new Group(part.substring(0, colon), divided(part.substring(colon + 2), ", ")));
            }
        }
        return List.copyOf(groups);
    }

    /** Divided where no parenthesis is open. */
    private static List<String> divided(String text, String separator) {
        List<String> parts = new ArrayList<>();
        int open = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            open += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
            if (open == 0 && text.startsWith(separator, i)) {
                parts.add(text.substring(from, i));
                from = i + separator.length();
            }
        }
        parts.add(text.substring(from));
        return parts;
    }
}
