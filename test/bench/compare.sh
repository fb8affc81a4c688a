# Whether results are the same: sourced by bash after lib.sh. What differs ends the script.
# shellcheck disable=SC2154 # lib.sh has set "work"

# is_same LINE [bits|close|codes]: fails unless table output is table reference
is_same() {
	local missing codes bits difference
	IFS=$'\t' read -r missing codes bits difference < <(sql -f test/bench/sql/compare.sql)
	printf '%s\tmissing_rows\t%s\n%s\tdifferent_codes\t%s\n%s\tlargest_difference\t%s\n' \
		"$1" "$missing" "$1" "$codes" "$1" "$difference"
	[[ $missing == 0 && $codes == 0 ]] || fail "$1: codes DIFFER in $codes rows, $missing rows are missing"
	case $2 in
	bits) [[ $bits == 0 ]] || fail "$1: encodings DIFFER in $bits rows" ;;
	close) awk -v d="$difference" 'BEGIN { exit d == "Infinity" || d > 1e-12 }' || fail "$1: encodings DIFFER, by up to $difference" ;;
	esac
}

# same_sums LINE [codes]: fails unless table output has the sums of the piece's first output, or those of its codes
same_sums() {
	local sums fields=1-6
	[[ ${2:-} != codes ]] || fields=1-4
	sums=$(sql -f test/bench/sql/sums.sql)
	[[ -s $work/sums ]] || echo "$sums" >"$work/sums"
	# encodings of peers are added up in another order and rounded otherwise
	paste <(cut -f "$fields" "$work/sums") <(cut -f "$fields" <<<"$sums") | awk -F '\t' '{
		for (i = 1; i <= NF / 2; i++) {
			difference = $i - $(i + NF / 2)
			if (difference < 0) difference = -difference
			if (i <= 4 ? $i != $(i + NF / 2) : difference > 1e-9 * $1) exit 1
		}
	}' || fail "the result of $1 DIFFERS: $sums instead of $(cat "$work/sums")"
}
