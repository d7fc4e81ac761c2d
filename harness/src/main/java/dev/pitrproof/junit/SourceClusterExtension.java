package dev.pitrproof.junit;

import dev.pitrproof.drill.SourceCluster;
import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Starts the clusters that {@link WithSourceCluster} asks for. JUnit closes them with the test's context. */
final class SourceClusterExtension implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(SourceClusterExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SourceCluster.class;
    }

    /** One cluster a test, however often it asks; a test inside a class whose set-up got one shares that. */
    @Override
    public SourceCluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        SourceCluster known = store.get(SourceCluster.class, SourceCluster.class);
        if (known != null) {
            return known;
        }
        SourceCluster started = start(context);
        store.put(SourceCluster.class, started);
        return started;
    }

    private static SourceCluster start(ExtensionContext context) {
        EngineParameters parameters = EngineParameters.of(context::getConfigurationParameter);
        Optional<WithSourceCluster> asked = annotation(context);
        int major = asked.map(WithSourceCluster::postgres)
                .filter(named -> named > 0)
                .orElse(parameters.major());
        try {
            return SourceCluster.start(
                    parameters.sandboxes(),
                    major,
                    settings(asked.map(WithSourceCluster::parameters).orElse(new String[0])));
        } catch (IOException | SQLException e) {
            String hint = e instanceof SandboxException known && known.hint() != null ? "\nHINT: " + known.hint() : "";
            throw new ParameterResolutionException("cannot start a source cluster: " + e.getMessage() + hint, e);
        }
    }

    private static Optional<WithSourceCluster> annotation(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getElement(), WithSourceCluster.class)
                .or(() -> context.getParent().flatMap(SourceClusterExtension::annotation));
    }

    private static Map<String, String> settings(String[] parameters) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String parameter : parameters) {
            int equals = parameter.indexOf('=');
            if (equals < 1) {
                throw new ParameterResolutionException(
                        "@WithSourceCluster names the parameter \"" + parameter + "\", expected name=value");
            }
            settings.put(
                    parameter.substring(0, equals).strip(),
                    parameter.substring(equals + 1).strip());
        }
        return settings;
    }
}
