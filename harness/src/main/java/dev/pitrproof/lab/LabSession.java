package dev.pitrproof.lab;

import dev.pitrproof.drill.PlayedStory;
import dev.pitrproof.drill.Rehearsal;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.reports.Reports;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Leads a learner through one lesson. */
public final class LabSession {

    /** What became of it. */
    public enum Outcome {
        /** The learner is through. */
        FINISHED,
        /** What was hidden was not found. */
        NOT_FOUND,
        /** The drill could not be done, which was said. */
        COULD_NOT
    }

    private final Lessons lessons;
    private final Lesson lesson;
    private final Page page;
    private final Answers answers;
    private final Stage stage;
    private final Facts facts = new Facts();
    private final List<Prediction> pending = new ArrayList<>();
    private final List<EvidenceOnDisk> drills = new ArrayList<>();
    private int right;
    private int asked;

    public LabSession(Lessons lessons, String name, Page page, Answers answers, Stage stage) {
        this.lessons = lessons;
        this.lesson = lessons.named(name);
        this.page = page;
        this.answers = answers;
        this.stage = stage;
    }

    /** What the learner said, until it shows whether that is so. */
    private record Prediction(Lesson.Step of, String said, int chosen) {}

    /**
     * Leads through all of it.
     *
     * @throws Answers.Missing if there is no answer to a question
     * @throws IOException if evidence cannot be written, or answers cannot be read
     */
    public Outcome run() throws IOException, Answers.Missing {
        page.heading("Lesson " + lessons.number(lesson) + ": " + lesson.title());
        Outcome outcome = Outcome.FINISHED;
        try (Scene scene = new Scene()) {
            for (Lesson.Step step : lesson.steps()) {
                outcome = worse(outcome, take(step, scene));
                if (outcome == Outcome.COULD_NOT) {
                    return outcome;
                }
            }
        }
        settle(true);
        if (asked > 0) {
            page.item("=", right + " of " + asked + (asked == 1 ? " prediction" : " predictions") + " came true.");
        }
        if (!drills.isEmpty()) {
            Reports.write(stage.output(), drills);
            page.item("=", "All of the evidence: " + stage.output().resolve("index.html"));
        }
        return outcome;
    }

    private static Outcome worse(Outcome one, Outcome other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    /** The story, once it was played. */
    private final class Scene implements AutoCloseable {
        private @Nullable PlayedStory story;

        PlayedStory story() throws IOException {
            PlayedStory played = story == null ? stage.play(lesson.scenario()) : story;
            story = played;
            return played;
        }

        @Override
        public void close() {
            if (story != null) {
                story.close();
            }
        }
    }

    private Outcome take(Lesson.Step step, Scene scene) throws IOException, Answers.Missing {
        if (step instanceof Lesson.Say say) {
            page.text(facts.fill(say.text()));
        } else if (step instanceof Lesson.Choose choose) {
            ask(choose);
        } else if (step instanceof Lesson.Type type) {
            ask(type);
        } else if (step instanceof Lesson.Drill drill) {
            return drill(drill, scene.story());
        } else if (step instanceof Lesson.Rehearse rehearse) {
            rehearse(rehearse, scene.story());
        } else if (step instanceof Lesson.Hunt hunt) {
            return hunt(hunt, scene.story());
        }
        return Outcome.FINISHED;
    }

    private void ask(Lesson.Choose choose) throws IOException, Answers.Missing {
        page.item("?", facts.fill(choose.question()));
        page.line();
        for (int i = 0; i < choose.choices().size(); i++) {
            page.item("  " + (i + 1), choose.choices().get(i).text());
        }
        page.line();
        int of = choose.choices().size();
        int chosen = answers.next(page, "Your prediction, 1 to " + of + ":", said -> number(said, of), "1 to " + of);
        predicted(new Prediction(choose, choose.choices().get(chosen - 1).text(), chosen));
    }

    static Optional<Integer> number(String said, int of) {
        return IntStream.rangeClosed(1, of)
                .filter(one -> said.equals(Integer.toString(one)))
                .boxed()
                .findFirst();
    }

    private void ask(Lesson.Type type) throws IOException, Answers.Missing {
        page.item("?", facts.fill(type.question()));
        page.line();
        String said = answers.next(
                page, "Your prediction:", text -> text.isEmpty() ? Optional.empty() : Optional.of(text), "a value");
        predicted(new Prediction(type, said, 0));
    }

    private void predicted(Prediction prediction) {
        page.line();
        asked++;
        pending.add(prediction);
        if (!lesson.hasDrillBehind(prediction.of())) {
            settle(true);
        }
    }

    private Outcome drill(Lesson.Drill drill, PlayedStory story) throws IOException {
        for (int number : drill.restores()) {
            Evidence evidence = story.restore(number);
            drills.add(new EvidenceOnDisk(evidence, evidence.drill()));
            if (evidence.verdict() == Verdict.UNPROVEN) {
                page.line();
                page.bad("!", "The drill could not be done, so nothing is shown by it: " + reason(evidence));
                return Outcome.COULD_NOT;
            }
            facts.add(number, evidence);
            Optional<Rehearsal> place = story.rehearsal(number);
            if (place.isPresent()) {
                facts.add(place.get());
            }
        }
        page.line();
        settle(false);
        return Outcome.FINISHED;
    }

    private static String reason(Evidence evidence) {
        return evidence.claims().stream()
                .filter(claim -> claim.verdict() == Verdict.UNPROVEN)
                .findFirst()
                .map(claim -> claim.found() + (claim.hint() == null ? "" : ". HINT: " + claim.hint()))
                .orElse("no claim says why");
    }

    private Rehearsal rehearsal(PlayedStory story, int restore) throws IOException {
        return story.rehearsal(restore)
                .orElseThrow(() -> new IOException("restore " + restore + " was not done, and cannot be rehearsed"));
    }

    private void rehearse(Lesson.Rehearse rehearse, PlayedStory story) throws IOException {
        Rehearsal.Result result = rehearsal(story, rehearse.restore()).of(rehearse.fault());
        stage.quiet().run();
        facts.add(result, rehearse.fault().name());
        page.item(
                "*",
                "Once more, and " + result.fault() + ": "
                        + (result.serverDied() ? "the server does not start" : result.verdict() + " " + result.why()));
        page.line();
        settle(false);
    }

    private Outcome hunt(Lesson.Hunt hunt, PlayedStory story) throws IOException, Answers.Missing {
        boolean found = new Hunt(page, answers, stage).run(rehearsal(story, hunt.restore()), facts);
        return found ? Outcome.FINISHED : Outcome.NOT_FOUND;
    }

    /** @param all whether nothing more will show */
    private void settle(boolean all) {
        for (Prediction prediction : List.copyOf(pending)) {
            if (all || isKnown(prediction.of())) {
                pending.remove(prediction);
                compare(prediction);
            }
        }
    }

    private boolean isKnown(Lesson.Step step) {
        if (step instanceof Lesson.Choose choose) {
            return facts.know(choose.because() + (choose.decidedBy() == null ? "" : "${" + choose.decidedBy() + "}"));
        }
        return step instanceof Lesson.Type type && facts.know(type.because() + type.value());
    }

    private void compare(Prediction prediction) {
        boolean cameTrue;
        String truth;
        String because;
        if (prediction.of() instanceof Lesson.Choose choose) {
            int correct = correct(choose);
            cameTrue = prediction.chosen() == correct;
            truth = correct + ": " + choose.choices().get(correct - 1).text();
            because = choose.because();
        } else {
            Lesson.Type type = (Lesson.Type) prediction.of();
            truth = facts.fill(type.value());
            cameTrue = normal(truth).equals(normal(prediction.said()));
            because = type.because();
        }
        right += cameTrue ? 1 : 0;
        if (cameTrue) {
            page.good("✓", "As you predicted: " + facts.fill(truth));
        } else {
            page.bad("✗", "You predicted: " + prediction.said());
            page.item(" ", "It is: " + facts.fill(truth));
        }
        page.line();
        page.text(facts.fill(because));
    }

    private static String normal(String value) {
        return value.toLowerCase(Locale.ROOT).replaceAll("[\\s,_]", "");
    }

    private int correct(Lesson.Choose choose) {
        if (choose.decidedBy() == null) {
            return choose.right();
        }
        String value = facts.get(choose.decidedBy());
        for (int i = 0; i < choose.choices().size(); i++) {
            if (value.equals(choose.choices().get(i).when())) {
                return i + 1;
            }
        }
        throw new IllegalStateException(
                "the drill came to " + value + ", which is none of the choices in lesson " + lesson.name());
    }
}
