-- wrk script: one request body after another from the load files, starting at BENCH_FIRST; never one twice.
-- After BENCH_SECONDS no connection sends again; wrk ends when each has its last answer, so that none is left unread.
-- Prints one line: RESULT completed status_errors socket_errors p50_ms p99_ms max_ms used exhausted seconds
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } bench_time;
  int clock_gettime(int clock, bench_time *out);
  int getpid(void);
  int kill(int pid, int signal);
]]
local MONOTONIC, INTERRUPT, FOR_EVER_MS = 1, 2, 3600000
local threads, time = {}, ffi.new("bench_time[1]")

local function now()
  ffi.C.clock_gettime(MONOTONIC, time)
  return tonumber(time[0].seconds) + tonumber(time[0].nanoseconds) / 1e9
end

local function number(text)
  local n = 0
  for i = 1, #text do n = n * 256 + text:byte(i) end
  return n
end

function setup(thread) table.insert(threads, thread) end

function init()
  bodies = assert(io.open(os.getenv("BENCH_BODIES"), "rb"))
  local index = assert(io.open(os.getenv("BENCH_INDEX"), "rb"))
  first, count = tonumber(os.getenv("BENCH_FIRST")), tonumber(os.getenv("BENCH_COUNT"))
  seconds, connections = tonumber(os.getenv("BENCH_SECONDS")), tonumber(os.getenv("BENCH_CONNECTIONS"))
  used, exhausted, parked = 0, 0, 0
  index:seek("set", first * 8)
  bodies:seek("set", number(index:read(8) or ""))
  index:close()
  head = "POST " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port
    .. "\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"" .. os.getenv("BENCH_ACTION") .. "\""
    .. "\r\nAuthorization: " .. os.getenv("BENCH_AUTH") .. "\r\nContent-Length: "
end

function delay()
  began = began or now()
  if first + used >= count then exhausted = 1 end
  if exhausted == 0 and now() < began + seconds then return 0 end
  elapsed = elapsed or now() - began
  parked = parked + 1
  if parked == connections then ffi.C.kill(ffi.C.getpid(), INTERRUPT) end
  return FOR_EVER_MS
end

function request()
  used = used + 1
  local n = number(bodies:read(4))
  return head .. n .. "\r\n\r\n" .. bodies:read(n)
end

function done(summary, latency)
  local e, t = summary.errors, threads[1]
  io.write(string.format("RESULT %d %d %d %.3f %.3f %.3f %d %d %.6f\n", summary.requests, e.status,
    e.connect + e.read + e.write + e.timeout, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    latency.max / 1000, t:get("used"), t:get("exhausted"), t:get("elapsed") or t:get("seconds")))
end
