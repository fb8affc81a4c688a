# Completion of gpu-encode for bash: commands, the options that the server knows, and relations or files.
_gpu_encode() {
	local current=${COMP_WORDS[COMP_CWORD]} command= word
	local commands='preprocess fit transform import export compare report'
	local connection='--host --port --username --dbname --password --no-password --dry-run --csv --quiet --append --help --version'

	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[[ " $commands " != *" $word "* ]] || command=$word
	done
	if [[ -z $command ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands $connection" -- "$current")
	elif [[ $current == -* ]]; then
		# without a server only the options of every command
		mapfile -t COMPREPLY < <(compgen -W "$connection $(gpu-encode "$command" --help --no-password 2>/dev/null | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p')" -- "$current")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
	fi
}
complete -o filenames -F _gpu_encode gpu-encode
