package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.sandbox.CannotJudge;
import dev.pitrproof.sandbox.SandboxException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Why a drill could not go on, in words for a person: the first line of what failed, and the next step.
 *
 * @param code {@code ENGINE_CANNOT_JUDGE} where another PostgreSQL could go on, else {@code ENVIRONMENT}
 * @param found lower case where it is ours, without a full stop
 * @param hint the next step, without the word HINT
 */
record BreakOff(FindingCode code, String found, String hint) {

    private static final String DETAILS = "pitrproof.log in the output directory has the details";

    static BreakOff of(Exception failure) {
        String found = inWords(failure);
        if (CannotJudge.isSaidBy(found)) {
            return new BreakOff(FindingCode.ENGINE_CANNOT_JUDGE, found, CannotJudge.HINT);
        }
        if (failure instanceof SandboxException sandbox && sandbox.kind() == SandboxException.Kind.CANNOT_JUDGE) {
            return new BreakOff(FindingCode.ENGINE_CANNOT_JUDGE, found, hint(failure));
        }
        return new BreakOff(
                FindingCode.ENVIRONMENT,
                found,
                SandboxException.hintAbout(found).orElse(hint(failure)));
    }

    private static String hint(Exception failure) {
        if (failure instanceof SandboxException sandbox) {
            return Optional.ofNullable(sandbox.hint()).orElse(DETAILS);
        }
        if (failure instanceof ArchiveException archive) {
            return archive.hint();
        }
        if (failure instanceof StepFailed step
                && step.getCause() instanceof SQLException sql
                && "25001".equals(sql.getSQLState())) {
            return "it runs in no transaction with anything else: give it a step of its own in the story, without as:";
        }
        if (failure instanceof StepFailed step && step.getCause() instanceof SQLException sql && isStatement(sql)) {
            return "correct the SQL there, then run the scenario again";
        }
        if (failure instanceof SQLException sql && isRole(sql)) {
            return "name a role of the cluster that is a superuser and may log in: prove -U NAME";
        }
        if (failure instanceof AccessDeniedException) {
            return "run as a user who may read backup and archive: their owner, or root";
        }
        if (failure.getCause() instanceof SQLException sql && isShutDown(sql)) {
            return "something outside stopped the server, as a container engine that ends does: run the scenario again";
        }
        return DETAILS;
    }

    /** Whether the server refused the statement itself, rather than the work it would have done (SQLSTATE class). */
    static boolean isStatement(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return state.startsWith("42") || state.startsWith("22") || state.startsWith("23") || state.startsWith("3");
    }

    /** Whether it is about who asks (SQLSTATE invalid_authorization_specification, insufficient_privilege). */
    private static boolean isRole(SQLException failure) {
        return List.of("28000", "42501").contains(String.valueOf(failure.getSQLState()));
    }

    /** Whether somebody stopped the server (SQLSTATE admin_shutdown, crash_shutdown, cannot_connect_now). */
    private static boolean isShutDown(SQLException failure) {
        return String.valueOf(failure.getSQLState()).startsWith("57P0");
    }

    /** The first line of a message, and of a failed file operation more than its path. */
    static String inWords(Throwable failure) {
        if (failure instanceof FileSystemException file && file.getReason() != null) {
            String path = file.getOtherFile() == null ? file.getFile() : file.getOtherFile();
            return "cannot write " + path + ": " + file.getReason();
        }
        if (failure instanceof AccessDeniedException file) {
            return file.getFile() + ": permission denied";
        }
        if (failure instanceof NoSuchFileException file) {
            return file.getFile() + ": no such file";
        }
        return Optional.ofNullable(failure.getMessage())
                .flatMap(message -> message.lines().findFirst())
                .map(line -> line.replaceFirst("^(ERROR|FATAL|PANIC): +", ""))
                .orElse(failure.getClass().getSimpleName());
    }
}
