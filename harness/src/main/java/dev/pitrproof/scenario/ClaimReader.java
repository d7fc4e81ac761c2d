package dev.pitrproof.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads {@code prove:}, the list of claims about one restore. */
final class ClaimReader {

    private static final String TARGET_REACHED = "target-reached";

    /** What cannot be asked of a restored dump, and why. */
    private static final Map<String, String> NOT_OF_A_DUMP = Map.of(
            TARGET_REACHED,
            "no recovery follows a dump; that it brought all its snapshot saw is always claimed",
            "structure",
            "a dump brings rows, no pages or index entries: these are as new as the server",
            "page-checksums",
            "a dump brings rows, no pages: these are as new as the server",
            "prepared-transactions",
            "a dump holds what was committed alone; a prepared transaction is in no dump");

    private final Reading reading;
    private final StoryIndex story;
    private final Shape shape;

    /** Of a restore that follows a story. */
    ClaimReader(Reading reading, StoryIndex story) {
        this(reading, story, Shape.CLAIM);
    }

    /** @param shape the claims there may be */
    ClaimReader(Reading reading, StoryIndex story, Shape shape) {
        this.reading = reading;
        this.story = story;
        this.shape = shape;
    }

    /**
     * The claims, {@link ClaimSpec.TargetReached} first, where there is a recovery that could reach one.
     *
     * @param target where the entry stops; null if that could not be read
     * @param isRefuted whether the entry means to fail, and so may claim what cannot be
     */
    List<ClaimSpec> read(Section entry, @Nullable RestoreTarget target, boolean isRefuted) {
        List<ClaimSpec> claims = new ArrayList<>();
        if (!(target instanceof RestoreTarget.OfSnapshot)) {
            claims.add(new ClaimSpec.TargetReached());
        }
        Node prove = entry.value("prove");
        if (prove == null) {
            return claims;
        }
        if (prove instanceof ScalarNode scalar && scalar.getValue().isEmpty()) {
            reading.problem(prove, "prove is empty, expected at least one claim", Wording.exampleOf("prove"));
            return claims;
        }
        List<Node> nodes = reading.list(prove, "prove", "claim");
        for (Node node : nodes == null ? List.<Node>of() : nodes) {
            ClaimSpec claim = node instanceof ScalarNode ? bare(node, target) : claim(node, target, isRefuted);
            if (claim != null && !(claim instanceof ClaimSpec.TargetReached)) {
                claims.add(claim);
            }
        }
        return claims;
    }

    private @Nullable ClaimSpec bare(Node node, @Nullable RestoreTarget target) {
        Text text = reading.text(node, "a claim");
        if (text == null) {
            return null;
        }
        if (text.value().equals(TARGET_REACHED)) {
            checkOfDump(TARGET_REACHED, reading.position(node), target);
            return new ClaimSpec.TargetReached();
        }
        List<String> known = new ArrayList<>(shape.keys());
        known.add(TARGET_REACHED);
        if (shape.keys().contains(text.value())) {
            reading.problem(
                    node,
                    "claim " + text.value() + " has no value, expected one",
                    "write - " + text.value() + ": and what it is about");
        } else {
            reading.problem(
                    node,
                    "unknown claim " + Wording.quoted(text.value()) + ", expected " + Wording.anyOf(known),
                    Wording.didYouMean(text.value(), known));
        }
        return null;
    }

    private @Nullable ClaimSpec claim(Node node, @Nullable RestoreTarget target, boolean isRefuted) {
        Section section = Section.read(reading, node, shape);
        if (section == null || section.keys().isEmpty()) {
            if (section != null && !section.hasForeignKeys()) {
                reading.problem(node, "claim is empty, expected " + Wording.anyOf(shape.keys()), null);
            }
            return null;
        }
        List<String> verbs = List.copyOf(section.keys());
        if (verbs.size() > 1) {
            reading.problem(
                    section.keyPosition(verbs.get(1)),
                    "found a second claim " + Wording.quoted(verbs.get(1)) + " in an entry, expected one",
                    "begin each claim with \"- \"");
        }
        String verb = verbs.get(0);
        checkOfDump(verb, section.keyPosition(verb), target);
        return switch (verb) {
            case "same-as" -> sameAs(section, target, isRefuted);
            case "cluster-same-as" -> clusterSameAs(section, target, isRefuted);
            case "query" -> query(section);
            case "structure" ->
                reading.parsed(
                        section.text(verb), StoryReader.oneOf(verb, Map.of("sound", new ClaimSpec.StructureSound())));
            case "page-checksums" ->
                reading.parsed(
                        section.text(verb),
                        StoryReader.oneOf(verb, Map.of("sound", new ClaimSpec.PageChecksumsSound())));
            case "sequences" ->
                reading.parsed(
                        section.text(verb),
                        StoryReader.oneOf(verb, Map.of("not-behind", new ClaimSpec.SequencesNotBehind())));
            case "prepared-transactions" -> preparedTransactions(section);
            case "recovered-within" -> {
                var atMost = reading.parsed(section.scalar(verb), Durations::parsePositive);
                yield atMost == null ? null : new ClaimSpec.RecoveredWithin(atMost);
            }
            case "lost-at-most" -> lostAtMost(section);
            default -> table(section, verb);
        };
    }

    private void checkOfDump(String claim, Position position, @Nullable RestoreTarget target) {
        String why = NOT_OF_A_DUMP.get(claim);
        if (why != null && target instanceof RestoreTarget.OfSnapshot) {
            reading.problem(
                    position, "found " + claim + " of a logical backup, expected a claim about what it holds", why);
        }
    }

    private @Nullable ClaimSpec table(Section section, String verb) {
        Text table = section.text(verb);
        if (table == null) {
            return null;
        }
        return verb.equals("table-exists")
                ? new ClaimSpec.TableExists(table.value())
                : new ClaimSpec.TableAbsent(table.value());
    }

    private @Nullable ClaimSpec query(Section claim) {
        Section section = claim.section("query", Shape.QUERY);
        Text sql = section == null ? null : section.text("sql");
        Text expected = section == null ? null : section.scalar("equals");
        return sql == null || expected == null ? null : new ClaimSpec.Query(sql.value(), expected.value());
    }

    private @Nullable ClaimSpec lostAtMost(Section section) {
        if (!story.hasDamage() && story.isWhole()) {
            reading.problem(
                    section.keyPosition("lost-at-most"),
                    "found lost-at-most without an accident that does damage in the story, expected one to count from",
                    "write the statement that does the damage as accident: { sql: … }");
        }
        var atMost = reading.parsed(section.scalar("lost-at-most"), Durations::parse);
        return atMost == null ? null : new ClaimSpec.LostAtMost(atMost);
    }

    private @Nullable ClaimSpec sameAs(Section claim, @Nullable RestoreTarget target, boolean isRefuted) {
        Section section = claim.section("same-as", Shape.SAME_AS);
        Text mark = section == null ? null : section.text("mark");
        Text table = section == null ? null : section.text("table");
        if (mark == null || table == null) {
            return null;
        }
        checkMark(mark, target, isRefuted);
        return new ClaimSpec.SameAs(mark.value(), table.value());
    }

    private @Nullable ClaimSpec clusterSameAs(Section claim, @Nullable RestoreTarget target, boolean isRefuted) {
        Section section = claim.section("cluster-same-as", Shape.CLUSTER_SAME_AS);
        Text mark = section == null ? null : section.text("mark");
        if (mark == null) {
            return null;
        }
        checkMark(mark, target, isRefuted);
        return new ClaimSpec.ClusterSameAs(mark.value());
    }

    private void checkMark(Text mark, @Nullable RestoreTarget target, boolean isRefuted) {
        Map<String, StoryIndex.Named> marks = story.marks();
        StoryIndex.Named named = marks.get(mark.value());
        if (named == null) {
            unknownMark(reading, mark, story);
        } else if (named.at() != null && target != null && named.at().isAfter(target.time()) && !isRefuted) {
            reading.problem(
                    mark.position(),
                    "mark " + Wording.quoted(mark.value()) + " at " + named.at() + " is after the target at "
                            + target.time() + ", expected a mark that the restore reaches",
                    "compare with an earlier mark, or say expect: REFUTED DATA_DIFFERS if that is the point");
        }
    }

    /** Unlike other lists it may be empty, which claims that none is open. */
    private @Nullable ClaimSpec preparedTransactions(Section section) {
        String verb = "prepared-transactions";
        Node value = section.value(verb);
        if (!(value instanceof SequenceNode list)) {
            if (value != null) {
                reading.problem(
                        value,
                        Reading.found(value, verb) + ", expected a list of their identifiers",
                        "write " + verb + ": [] to claim that none is open");
            }
            return null;
        }
        List<String> gids = new ArrayList<>();
        for (Node node : list.getValue()) {
            Text gid = reading.scalar(node, "an identifier in " + verb);
            if (gid == null) {
                return null;
            }
            if (gids.contains(gid.value())) {
                reading.problem(
                        node, Wording.quoted(gid.value()) + " stands twice in " + verb + ", expected it once", null);
            }
            gids.add(gid.value());
        }
        return new ClaimSpec.PreparedTransactions(gids);
    }

    static void unknownMark(Reading reading, Text mark, StoryIndex story) {
        if (story.isWhole()) {
            String guess = Wording.didYouMean(mark.value(), story.marks().keySet());
            reading.problem(
                    mark.position(),
                    "unknown mark " + Wording.quoted(mark.value()) + ", expected one from the story",
                    guess != null ? guess : "add a step with mark: " + mark.value());
        }
    }
}
