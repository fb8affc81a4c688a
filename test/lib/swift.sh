# What the tests and the benchmark of S3 share: sourced by bash.
#
# start_swift [PARENT]: Swift on free ports of 127.0.0.1, gone when the script ends; false where it does not start. Its
# directory is made in PARENT, /tmp, whose file system must have user xattrs.
# Sets directory (anybody may write there; it has files secret, ca.pem, key.pem), port and secret.
stop_swift() {
	local pid
	[[ ! -f $directory/pids ]] || while read -r pid; do kill "$pid" 2>/dev/null || true; done <"$directory/pids"
	rm -rf "$directory"
}

start_swift() {
	directory=$(mktemp -d "${1:-/tmp}/gpu_encode-s3.XXXXXX")
	chmod 777 "$directory"
	trap stop_swift EXIT
	secret=Zq8secretW3x$RANDOM$RANDOM
	echo "$secret" >"$directory/secret"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,DNS:bkt.localhost' \
		-keyout "$directory/key.pem" -out "$directory/ca.pem" 2>/dev/null
	chmod a+r "$directory"/*
	port=$(python3 - <<-'END'
		import random, socket
		# five free ones in a row; Swift shares a port with another Swift, so that two tests must not try in one order
		for port in random.sample(range(18200, 30000, 10), 1000):
		    try:
		        sockets = [socket.create_server(("127.0.0.1", port + i)) for i in range(5)]
		        print(port)
		        break
		    except OSError:
		        pass
	END
	)
	test/s3/swift-up "$directory" "$port" "$secret" "$directory/ca.pem" "$directory/key.pem" >&2
}
