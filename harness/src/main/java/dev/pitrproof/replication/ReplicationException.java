package dev.pitrproof.replication;

import java.io.EOFException;
import java.io.IOException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The server refused, the connection failed, or what came over it made no sense. The message is fit for a user. */
public class ReplicationException extends IOException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String sqlState;

    public ReplicationException(String message) {
        super(ServerMessage.withoutControls(message));
        this.sqlState = null;
    }

    public ReplicationException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
        super(ServerMessage.withoutControls(message), cause);
        this.sqlState = sqlState;
    }

    /** The SQLSTATE, five characters, if the server or the driver gave one. */
    public @Nullable String sqlState() {
        return sqlState;
    }

    static ReplicationException of(ServerMessage error) {
        return new ReplicationException(Remedy.append(error.sqlState(), error.toString()), error.sqlState(), null);
    }

    /** What went wrong while pgjdbc opened a connection, in the words of libpq. */
    static ReplicationException connecting(ConnectionSettings settings, SQLException failure) {
        String reason = reason(failure);
        return new ReplicationException(
                Remedy.append(
                        failure.getSQLState(), "connection to server at " + settings.address() + " failed: " + reason),
                failure.getSQLState(),
                failure);
    }

    private static String reason(SQLException failure) {
        if (failure instanceof PSQLException driverFailure) {
            ServerErrorMessage fromServer = driverFailure.getServerErrorMessage();
            if (fromServer != null) {
                return fromServer.getSeverity() + ": " + fromServer.getMessage();
            }
        }
        Throwable cause = failure.getCause();
        // pgjdbc wraps what the socket said in advice about TCP/IP, which misleads for unix sockets
        Throwable said = cause instanceof IOException ? cause : failure;
        if (said instanceof EOFException) {
            return "server closed the connection unexpectedly";
        }
        String message = said.getMessage();
        return message == null
                ? said.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
