package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Sweep;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.SweepTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.StagedReplay;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.wal.Lsn;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves many targets in one replay of one copy: at each, that recovery stands exactly there, and what the drill claims of
 * tables and queries. One of them, drawn, and the drill's own are proved by PostgreSQL's own target settings as well.
 */
final class SweepDrill {

    static final String FILE = "sweep.jsonl";

    private static final Logger LOG = LoggerFactory.getLogger(SweepDrill.class);

    private final Sandbox sandbox;
    private final String name;
    private final RestorePlan plan;
    private final SweepOrder order;
    private final DrillFacts facts;
    private final RestoreDrill.Access access;
    private final Duration patience;
    private final DrillListener listener;
    private final JournalSummary journal;
    private final List<ClaimSpec> asked;
    private final List<SweptTarget> swept = new ArrayList<>();
    private final Map<String, Double> phases = new LinkedHashMap<>();

    /**
     * @param name of the drill's own restore
     * @param facts of the drill, whose own restore is done
     */
    SweepDrill(
            Sandbox sandbox,
            String name,
            RestorePlan plan,
            SweepOrder order,
            DrillFacts facts,
            RestoreDrill.Access access,
            Duration patience,
            DrillListener listener) {
        this.listener = listener;
        this.sandbox = sandbox;
        this.name = name + "-sweep";
        this.plan = plan;
        this.order = order;
        this.facts = facts;
        this.access = access;
        this.patience = patience;
        this.journal = facts.journal(plan.path());
        this.asked = facts.assignment().prove().stream()
                .filter(SweepDrill::canBeAskedOfAStandby)
                .toList();
    }

    /** What is true of a table at the drill's target may be compared with a mark; at any other it may not. */
    private static boolean canBeAskedOfAStandby(ClaimSpec claim) {
        return claim instanceof ClaimSpec.TableExists
                || claim instanceof ClaimSpec.TableAbsent
                || claim instanceof ClaimSpec.Query;
    }

    /** @param targets in WAL order, at least one: the last is where the drill's own restore ended */
    List<Claim> run(List<SweepTarget> targets) throws IOException {
        SweepControl control = new SweepControl(sandbox, name, plan, order, facts, asked, access, patience);
        Optional<SweepTarget> drawn = control.draw(targets);
        Path lines = sandbox.createDirectory(name + "-lines").resolve(FILE);
        facts.attach(FILE, lines);
        Optional<BreakOff> brokenOff = Optional.empty();
        try (Writer out = Files.newBufferedWriter(lines)) {
            sweep(targets, drawn, out);
        } catch (IOException | SQLException | RuntimeException e) {
            LOG.error("{} broke off", name, e);
            brokenOff = Optional.of(BreakOff.of(e));
        }
        facts.swept(new Sweep(
                order.choice().inWords(),
                targets.size(),
                swept.size(),
                swept.size() - disagreeing().size(),
                disagreeing().stream().map(SweptTarget::disagreement).toList(),
                drawn.map(target -> target.end().toString()).orElse(null),
                phases));
        List<Claim> claims = new ArrayList<>(List.of(conclude(targets, brokenOff)));
        if (brokenOff.isEmpty()) {
            claims.add(control.judge(swept, drawn));
        }
        return claims;
    }

    private void sweep(List<SweepTarget> targets, Optional<SweepTarget> drawn, Writer out)
            throws IOException, SQLException {
        Lsn last = targets.get(targets.size() - 1).end();
        try (StagedReplay replay =
                StagedReplay.start(sandbox, plan, targets.get(0).prediction(), name, access.superuser(), patience)) {
            facts.attach("sweep-requests.txt", replay.requests());
            facts.attach("swept-server.log", replay.cluster().logFile());
            phases.putAll(replay.phases());
            phases.put("replay", 0.0);
            phases.put("witnesses", 0.0);
            for (SweepTarget target : targets) {
                listener.progress(Progress.ofItems("sweeping", swept.size(), targets.size()));
                SweptTarget found = sweep(replay, target);
                boolean isCompared = target.end().equals(last)
                        || drawn.filter(one -> one.end().equals(target.end())).isPresent();
                swept.add(isCompared ? found : found.withoutAnswers());
                out.write(JsonMapper.shared().writeValueAsString(found.line()));
                out.write('\n');
                phases.putAll(replay.phases());
            }
        }
    }

    private SweptTarget sweep(StagedReplay replay, SweepTarget target) throws IOException {
        long begun = System.nanoTime();
        PausedAnswers answers = null;
        long xidsAgreeing = 0;
        List<Claim> claims = new ArrayList<>();
        try {
            answers = replay.advance(target.prediction()).orElse(null);
            if (answers == null) {
                claims.add(closed(target));
            } else {
                TargetClaim.Judgement judgement = TargetClaim.judge(
                        target.prediction(), plan.path(), plan.backup().systemIdentifier(), answers, null, journal);
                claims.add(judgement.claim());
                xidsAgreeing = judgement.xidsAgreeing();
                // at its own target the drill asks its own restore, which is promoted: that alone takes back the
                // lock of a DROP whose commit comes next
                if (!target.end().equals(plan.prediction().endLsn())) {
                    claims.addAll(ask(replay));
                }
            }
        } catch (SQLException e) {
            claims.add(unanswered(replay, TargetClaim.NAME, e));
        }
        return new SweptTarget(target, answers, xidsAgreeing, claims, (System.nanoTime() - begun) / 1e9);
    }

    private List<Claim> ask(StagedReplay replay) throws IOException {
        List<Claim> claims = new ArrayList<>();
        if (asked.isEmpty()) {
            return claims;
        }
        long begun = System.nanoTime();
        for (ClaimSpec claim : asked) {
            // a connection each: one that was refused an answer may not be fit for another question
            try (Connection connection = replay.connect(access.database())) {
                claims.add(judge(claim, new DataClaims(connection, Map.of(), StagedReplay.LOCK_TIMEOUT)));
            } catch (SQLException e) {
                claims.add(unanswered(replay, ClaimNames.of(claim), e));
            }
        }
        phases.merge("claims", (System.nanoTime() - begun) / 1e9, Double::sum);
        return claims;
    }

    private static Claim judge(ClaimSpec claim, DataClaims data) throws SQLException {
        if (claim instanceof ClaimSpec.TableExists exists) {
            return data.tableExists(exists);
        } else if (claim instanceof ClaimSpec.TableAbsent absent) {
            return data.tableAbsent(absent);
        }
        return data.query((ClaimSpec.Query) claim);
    }

    private static Claim closed(SweepTarget target) {
        return new Claim(
                TargetClaim.NAME,
                Verdict.UNPROVEN,
                FindingCode.ENGINE_CANNOT_JUDGE.name(),
                "a standby at " + target.end() + " that can be asked",
                "it takes no connections there: it does not know all running transactions yet, as of one with more than"
                        + " 64 sub-transactions while the backup began",
                HINT,
                List.of());
    }

    private static final String HINT =
            "prove this target by itself: a restore to it ends with a promotion, which rolls back"
                    + " what had not ended, and then answers";

    /** A transaction that has not ended at the target holds its locks, and will for as long as the server stands there. */
    private Claim unanswered(StagedReplay replay, String claim, SQLException failure) throws IOException {
        if (!replay.cluster().isRunning()) {
            throw new IOException(
                    "the swept server died: " + replay.cluster().fatalLine().orElse("no FATAL line in its log"),
                    failure);
        }
        boolean locked = LockedRelations.isLocked(failure);
        return new Claim(
                claim,
                Verdict.UNPROVEN,
                (locked ? FindingCode.ENGINE_CANNOT_JUDGE : FindingCode.ENVIRONMENT).name(),
                claim,
                locked
                        ? "not answered within " + StagedReplay.LOCK_TIMEOUT.toSeconds() + " s: "
                                + LockedRelations.inWords(replay, access.database())
                        : "not answered: " + BreakOff.inWords(failure),
                locked ? HINT : BreakOff.of(failure).hint(),
                List.of());
    }

    private List<SweptTarget> disagreeing() {
        return swept.stream().filter(one -> one.verdict() != Verdict.PROVEN).toList();
    }

    private Claim conclude(List<SweepTarget> targets, Optional<BreakOff> brokenOff) {
        List<SweptTarget> disagreeing = disagreeing();
        List<Verdict> verdicts = new ArrayList<>();
        swept.forEach(one -> verdicts.add(one.verdict()));
        brokenOff.ifPresent(why -> verdicts.add(Verdict.UNPROVEN));
        Verdict verdict = Verdict.merge(verdicts);
        String code = disagreeing.stream()
                .filter(one -> one.verdict() == verdict)
                .findFirst()
                .map(one -> one.reason().code())
                .or(() -> brokenOff.map(why -> why.code().name()))
                .orElse(FindingCode.TARGET_EXACT.name());
        List<String> found = new ArrayList<>();
        found.add((swept.size() - disagreeing.size()) + " of " + targets.size() + " agree");
        if (!disagreeing.isEmpty()) {
            found.add(Excerpt.of(
                    disagreeing.stream().map(SweepDrill::disagreement).toList()));
        }
        brokenOff.ifPresent(why -> found.add("it broke off behind " + swept.size() + ": " + why.found()));
        String andClaims = asked.isEmpty() ? "" : ", and what is claimed of tables and queries holds";
        return new Claim(
                order.claimName(),
                verdict,
                code,
                "at each of " + targets.size() + " targets from "
                        + targets.get(0).end() + " to "
                        + targets.get(targets.size() - 1).end()
                        + ", recovery stands exactly there" + andClaims,
                String.join("; ", found),
                verdict == Verdict.PROVEN ? null : hint(brokenOff),
                verdict == Verdict.PROVEN ? swept.get(0).reason().witnesses() : List.of());
    }

    private static String hint(Optional<BreakOff> brokenOff) {
        return brokenOff.map(BreakOff::hint).orElse(FILE + " has a line for every target");
    }

    private static String disagreement(SweptTarget one) {
        Claim reason = one.reason();
        String what = reason.claim().equals(TargetClaim.NAME) ? "" : reason.claim() + ": ";
        return "at " + one.target().end() + ", behind " + SweptTarget.inWords(one.target()) + ", " + what + "expected "
                + reason.expected() + ", found " + reason.found();
    }
}
