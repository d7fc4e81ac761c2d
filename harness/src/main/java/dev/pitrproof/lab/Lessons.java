package dev.pitrproof.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The lessons that come with the program, in their order. */
public final class Lessons {

    private static final String INDEX = "lessons.txt";

    private final List<Lesson> lessons;

    private Lessons(List<Lesson> lessons) {
        this.lessons = List.copyOf(lessons);
    }

    /** Reads all of them. */
    public static Lessons shipped() throws IOException {
        List<Lesson> lessons = new ArrayList<>();
        for (String file : resource(INDEX).lines().toList()) {
            lessons.add(LessonReader.read(file, resource(file)));
        }
        return new Lessons(lessons);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Lessons.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    List<Lesson> all() {
        return lessons;
    }

    /** By which they are asked for. */
    public List<String> names() {
        return lessons.stream().map(Lesson::name).toList();
    }

    /** The name of a lesson that somebody calls by name or by number; empty if there is none. */
    public Optional<String> called(String asked) {
        return lessons.stream()
                .filter(lesson -> lesson.name().equals(asked)
                        || Integer.toString(lessons.indexOf(lesson) + 1).equals(asked))
                .map(Lesson::name)
                .findFirst();
    }

    int number(Lesson lesson) {
        return lessons.indexOf(lesson) + 1;
    }

    Lesson named(String name) {
        return lessons.stream()
                .filter(lesson -> lesson.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no lesson " + name));
    }

    /** Shows them. */
    void list(Page page, List<String> done) {
        for (Lesson lesson : lessons) {
            String mark = done.contains(lesson.name()) ? "✓" : " ";
            page.item(mark + " " + number(lesson), lesson.name() + ": " + lesson.about());
        }
    }

    /** The first one that was not finished yet. */
    public Optional<String> firstUndone(List<String> done) {
        return names().stream().filter(name -> !done.contains(name)).findFirst();
    }
}
