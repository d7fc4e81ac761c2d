package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A place where disposable clusters live, one for each run.
 *
 * <p>Nothing outlives it: {@link #close} stops every cluster and removes every file it made, and so does the sandbox
 * itself when this JVM ends in any other way, killed ones included.
 */
public interface Sandbox extends AutoCloseable {

    /** The kind of sandbox, as evidence names it: {@code process} or {@code container}. */
    String name();

    /** The PostgreSQL that its clusters run. */
    PostgresRelease release();

    /** The run's own directory, mode 0711; everything the sandbox makes is below it. */
    Path directory();

    /**
     * Makes a directory below {@link #directory()}, owned by, and private to, the user that the servers run as.
     *
     * @param name a plain file name that is not taken yet
     */
    Path createDirectory(String name) throws IOException;

    /**
     * Removes a directory that {@link #createDirectory} made, long before the sandbox is closed; not where the sandbox is
     * to leave its files behind.
     *
     * @throws SandboxException if it could not be removed, with its path
     */
    void removeDirectory(Path directory) throws IOException;

    /**
     * Hands a file, or a directory with all that is in it, to the user that the servers run as. Symbolic links are
     * handed over themselves and never followed, so the directories of tablespaces have to be given one by one.
     */
    void give(Path path) throws IOException;

    /** Whether the servers' user may read a file that this sandbox did not make. */
    boolean canRead(Path file) throws IOException;

    /**
     * Makes a new cluster and starts it; it may still be starting when this returns.
     *
     * @throws SandboxException {@code ENVIRONMENT} when this machine cannot do it: no space, no permission
     */
    Cluster createSource(SourceSettings settings) throws SandboxException;

    /**
     * Starts a server on a data directory that is already there: a restored copy, or one of a cluster that was stopped.
     * Returns when the process runs and does not wait until it accepts connections.
     *
     * <p>What the directory brings along is not obeyed. Its {@code postgresql.conf}, {@code pg_hba.conf} and
     * {@code pg_ident.conf} are never read, for the server gets files of its own elsewhere; its
     * {@code postgresql.auto.conf}, which every server reads, is renamed to {@code postgresql.auto.conf.set-aside}; a
     * {@code postmaster.pid} that was copied along is removed. Signal files stay: they are the caller's.
     *
     * <p>Any role may connect without a password, since a restored cluster's passwords are its source's. The socket is
     * in a directory that only the servers' user can enter.
     *
     * @param dataDirectory belongs to the servers' user, see {@link #give}; for one this sandbox made it does already
     * @param settings parameters by name, over the sandbox's defaults
     * @param purpose a word or two for messages: {@code restored}
     * @param files what else the server may reach
     * @throws IllegalArgumentException if the settings name a parameter that only the sandbox may set
     */
    Cluster start(Path dataDirectory, Map<String, String> settings, String purpose, FileAccess files)
            throws SandboxException;

    /** The same for a server that needs nothing but its data directory. */
    default Cluster start(Path dataDirectory, Map<String, String> settings, String purpose) throws SandboxException {
        return start(dataDirectory, settings, purpose, FileAccess.NONE);
    }

    /**
     * Lets a directory of this sandbox show the files of another one, which is never written to: what is changed in the
     * directory stays in the sandbox. Costs next to nothing at first; files are copied when they are first opened for
     * writing.
     *
     * @param lower the files to show; it must not change as long as the overlay is there
     * @param directory empty, and made by {@link #createDirectory}
     * @return empty where this sandbox cannot do it: then the directory is as it was
     */
    default Optional<Overlay> overlay(Path lower, Path directory) throws IOException {
        return Optional.empty();
    }

    /**
     * Whether servers get copies of files instead of this machine's own, as where containers run on another machine. Then
     * what {@link FileAccess} names is copied when a server starts, so it should be no more than is needed; and what the
     * server writes is here only after {@link Cluster#fetch}.
     */
    default boolean copiesFiles() {
        return false;
    }

    /**
     * PostgreSQL's own client programs, for its clusters.
     *
     * @throws SandboxException {@code CANNOT_JUDGE} if there are none that could ask this PostgreSQL
     */
    ClientPrograms clientPrograms() throws IOException;

    /** What keeps the clusters from doing harm, item by item. */
    List<IsolationFact> isolation();

    /**
     * Stops all clusters at once and removes the run's directory; a second call does nothing.
     *
     * @throws SandboxException if something could not be removed, with its path
     */
    @Override
    void close() throws SandboxException;
}
