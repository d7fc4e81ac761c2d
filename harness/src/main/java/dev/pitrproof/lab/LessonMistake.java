package dev.pitrproof.lab;

/** A lesson's file is not one; the message begins with {@code file:line:column}. */
final class LessonMistake extends RuntimeException {

    private static final long serialVersionUID = 1;

    LessonMistake(String place, String message) {
        super(place + ": " + message);
    }
}
