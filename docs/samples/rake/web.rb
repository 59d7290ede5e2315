# The web process: one page.

require "webrick"

VERSION = "v1".freeze

$stdout.sync = true
port = Integer(ENV.fetch("PORT", "8000"))
server = WEBrick::HTTPServer.new(Port: port, AccessLog: [], Logger: WEBrick::Log.new($stdout, 1))
server.mount_proc("/") do |_, response|
  response.content_type = "text/plain"
  response.body = "#{ENV.fetch('GREETING', 'Hello')} from #{VERSION}\n"
end
trap("TERM") { server.shutdown }
puts "web listens on port #{port}"
server.start
