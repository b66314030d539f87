# Listens under the name of a kernel thread: disguise.pl PORT
use IO::Socket::INET;
my $door = IO::Socket::INET->new(Listen => 5, LocalAddr => '0.0.0.0', LocalPort => $ARGV[0], ReuseAddr => 1) or die $!;
$0 = '[kworker/0:1]';
sleep;
