# The census job from CSV files to CSV files: sourced by piece. The real data where they are, else made ones of that shape.
# shellcheck disable=SC2154 # lib.sh has set "work"

census_input() {
	local part rows seed
	for part in train:199523:1 validation:99762:2; do
		IFS=: read -r part rows seed <<<"$part"
		if [[ -r ../shared/data/census/$part.csv.gz ]]; then
			gzip -dc "../shared/data/census/$part.csv.gz" >"$work/$part.csv"
		else
			scripts/make-census "${CENSUS_ROWS:-$rows}" "$seed" >"$work/$part.csv"
		fi
	done
	chmod a+r "$work"/*.csv
}

# census_here BACKEND SMOOTH: COPY in, preprocess, COPY out, in one session
census_here() {
	PGOPTIONS="$PGOPTIONS -c gpu_encode.backend=$1" sql -v directory="$work" -v smooth="$2" \
		-v columns="$(columns_of_train)" -f test/bench/sql/census.sql
}

# columns_of_train: as CREATE TABLE wants them
columns_of_train() {
	head -n 1 "$work/train.csv" | tr -d '\r' | sed 's/[^,]*/"&" text/g'
}

# same_codes LINE FIRST SECOND: fails unless two directories' files agree in the columns that all have, codes and the target.
# COPY puts a row where there is room for it, so the order of the rows is not that of the file.
same_codes() {
	local part columns
	columns=$(head -n 1 "$work/train.csv" | tr -dc , | wc -c)
	for part in train validation; do
		cmp -s <(codes_of "$work/$2/$part.csv" "$columns") <(codes_of "$work/$3/$part.csv" "$columns") ||
			fail "the result of $1 DIFFERS in $part"
	done
}

# codes_of FILE COMMAS: its first columns, sorted
codes_of() {
	cut -d , -f "1-$(($2 + 1))" "$1" | LC_ALL=C sort
}

measure_census() {
	local line backend
	census_input
	printf 'rows\t%s\n' "$(($(cat "$work/train.csv" "$work/validation.csv" | wc -l) - 2))" | figure table
	mkdir -m 777 "$work/here" "$work/peer"
	for backend in $BACKENDS; do
		census_here "$backend" 0.001 | figure "job $backend"
	done
	for line in $CENSUS_PEERS; do
		"$PEER_PYTHON" "test/bench/peers/$line.py" "$work" "$work/peer" | figure "peer $line"
		same_codes "$line" here peer
	done
}
