# shellcheck shell=bash
# Sourced by the benchmarks: runs contestants, which are shell functions, by turns, and tables what they took.
#
# BENCH_PATIENCE  how many seconds to wait before each run for processors that have nothing else to do (default 10)
export LC_ALL=C TZ=UTC

fail() {
    printf 'bench: error: %s\nHINT: %s\n' "$1" "$2" >&2
    exit 2
}

# PostgreSQL refuses to run as root.
as_server() { # in $directory
    if [ "$(id -u)" = 0 ]; then
        (cd "$directory" && setpriv --reuid=65534 --regid=65534 --clear-groups "$@")
    else
        (cd "$directory" && "$@")
    fi
}

idle_and_all() { awk '/^cpu / { print $5, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 }' /proc/stat; }

disturbed=0
await_quiet() {
    for _ in $(seq $((${BENCH_PATIENCE:-10} * 4))); do
        read -r idle_before all_before < <(idle_and_all)
        sleep 0.25
        read -r idle all < <(idle_and_all)
        [ $(((idle - idle_before) * 10)) -lt $(((all - all_before) * 9)) ] || return 0
    done
    disturbed=$((disturbed + 1))
}

runs=$(mktemp)

# measure ALTERNATIONS CONTESTANT...: before and after each run the functions "before" and "after" are called, where
# they are
measure() {
    local alternations=$1 alternation order what taken
    shift
    TIMEFORMAT='%R %U %S'
    for alternation in $(seq "$alternations"); do
        # there and back again, so that nobody always comes after the same one
        order=$(printf '%s\n' "$@")
        [ $((alternation % 2)) = 1 ] || order=$(printf '%s\n' "$@" | tac)
        for what in $order; do
            ! declare -F before >/dev/null || before "$what"
            await_quiet
            taken=$({ time $what >/dev/null 2>&1; } 2>&1)
            echo "$what $taken" >>"$runs"
            ! declare -F after >/dev/null || after "$what"
        done
    done
}

median() { # of a column of one contestant's runs
    grep "^$1 " "$runs" | awk -v column="$2" '{ print (column == "cpu" ? $3 + $4 : $2) }' | sort -n |
        awk '{ value[NR] = $1 } END { print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'
}
extreme() { grep "^$1 " "$runs" | awk '{ print $2 }' | sort -n | "$2" -n 1; }

table_head() {
    echo "| $1 | wall s, median | fastest to slowest | CPU s, median | wall ratio | CPU ratio |"
    echo '|---|---|---|---|---|---|'
}

# row CONTESTANT NAME PEER: the ratios are to the peer
row() {
    awk -v name="$2" -v wall="$(median "$1" wall)" -v cpu="$(median "$1" cpu)" -v low="$(extreme "$1" head)" \
        -v high="$(extreme "$1" tail)" -v peer_wall="$(median "$3" wall)" -v peer_cpu="$(median "$3" cpu)" \
        'BEGIN { printf "| %s | %.2f | %.2f to %.2f | %.2f | %.2f | %.2f |\n",
                 name, wall, low, high, cpu, wall / peer_wall, cpu / peer_cpu }'
}
