# The worker process: says that it works, until it is told to end.

$stdout.sync = true
trap("TERM") { exit }
loop do
  puts "worked"
  sleep 5
end
