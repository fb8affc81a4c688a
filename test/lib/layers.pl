# layers.pl TREE: the edges between folders of TREE/src (and TREE/cuda) that test/check/layers.allowed lacks.
#
# An edge is an include of another folder's header, or a symbol that an object needs and another folder's object defines. An
# include of another folder's internal header is never allowed. Prints one line for each edge; the status is 1 if there is one.
use strict;
use warnings;

my $tree = shift or die "usage: layers.pl TREE\n";
chdir $tree or die "$tree: $!\n";

# what each folder may use: folders, or single files of one as FOLDER/FILE
my %allowed;
open my $table, '<', 'test/check/layers.allowed' or die "test/check/layers.allowed: $!\n";
while (<$table>)
{
	next if /^#/ || !/\S/;
	my ($folder, $rest) = /^(\w+):\s*(.*)$/ or die "layers.allowed, line $.: no table row: $_";
	$allowed{$folder} = { map { $_ => 1 } split ' ', $rest };
}

# folder and file name of a path: src/job/read.c is (job, read); files beside the folders are their own folder
sub place
{
	my ($path) = @_;
	return ($1, $2) if $path =~ m{^src/(\w+)/(\w+)\.};
	return ($1, $1) if $path =~ m{^src/(\w+)\.};
	return ('cuda', $1) if $path =~ m{^cuda/(.*)\.\w+$};
	die "$path: neither src/ nor cuda/\n";
}

my %seen;

sub edge
{
	my ($from, $to_folder, $to_file, $why) = @_;
	my ($folder) = place($from);
	return if $folder eq $to_folder;
	die "layers.allowed has no row for $folder ($from)\n" if !$allowed{$folder};
	my $permitted = $allowed{$folder}{$to_folder} || $allowed{$folder}{"$to_folder/$to_file"};
	print "$from: $why, but $folder may not use $to_folder\n" if !$permitted && !$seen{"$from $why"}++;
}

# includes
my @sources = sort split /\0/, `find src cuda -name '*.[ch]' -print0 -o -name '*.cu' -print0 -o -name '*.cuh' -print0 2>/dev/null`;
for my $source (@sources)
{
	open my $file, '<', $source or die "$source: $!\n";
	while (<$file>)
	{
		my ($folder, $name) = m{^#include "(?:[./]*src/)?(\w+)/(\w+)\.h"} or next;
		next if !-e "src/$folder/$name.h";
		edge($source, $folder, $name, "line $. includes $folder/$name.h");
		print "$source: line $. includes $folder/$name.h, which is for $folder alone\n"
		  if (place($source))[0] ne $folder && $name =~ /internal$/ && !$seen{"$source $folder/$name"}++;
	}
}

# calls
my (%defines, %needs);
for my $object (sort split /\0/, `find src -name '*.o' -print0`)
{
	(my $source = $object) =~ s/o$/c/;
	next if !-e $source;
	for (split /\n/, `nm -P -g '$object'`)
	{
		my ($symbol, $kind) = split ' ';
		if ($kind eq 'U') { push @{ $needs{$source} }, $symbol }
		else { $defines{$symbol} = $source }
	}
}
for my $source (sort keys %needs)
{
	for my $symbol (@{ $needs{$source} })
	{
		edge($source, place($defines{$symbol}), "calls $symbol of $defines{$symbol}") if $defines{$symbol};
	}
}
exit(%seen ? 1 : 0);
