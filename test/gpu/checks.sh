# What the tests of sessions on GPUs share: sourced by bash. Counts in passed and failed.
# shellcheck disable=SC2034
passed=0 failed=0
# check WHAT COMMAND...: a line for it, and its count
check() {
	local what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "ok $what"
	else
		failed=$((failed + 1))
		echo "FAILED $what"
	fi
}
# is ACTUAL EXPECTED, below NUMBER LIMIT
is() { [[ $1 == "$2" ]] || { echo "  got: ${1:0:300}"; false; }; }
below() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a != "" && a + 0 < b + 0) }' || { echo "  got: $1, not below $2"; false; }; }
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@"; }
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
