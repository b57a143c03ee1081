using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

/// <summary>
/// A client for the benches of services, run as a process of its own: <c>bench load PORT PATH TYPE FILE CONNECTIONS SECONDS RATE</c>. FILE holds bodies (length, 4 bytes little-endian; bytes). RATE 0: as many as the server
/// answers, one outstanding on every connection; else so many a second on a fixed plan, and latencies count from when a request was due. Prints answers, seconds, bytes and, with a rate, the 50th, 99th and 99.9th percentile in microseconds.
/// </summary>
internal static class HttpLoader
{
    internal static int Run(string[] args)
    {
        int port = int.Parse(args[0], CultureInfo.InvariantCulture), connections = int.Parse(args[4], CultureInfo.InvariantCulture);
        double seconds = double.Parse(args[5], CultureInfo.InvariantCulture), rate = double.Parse(args[6], CultureInfo.InvariantCulture);
        var requests = Requests(args[3], args[1], args[2]);
        var links = new Link[connections];
        for (var i = 0; i < connections; i++)
        {
            links[i] = new Link(port);
        }

        var random = new Xorshift(88172645463325252);
        var code = rate == 0 ? Closed(links, requests, seconds, ref random) : Open(links, requests, seconds, rate, ref random);
        foreach (var link in links)
        {
            link.Dispose();
        }

        return code;
    }

    private static int Closed(Link[] links, byte[][] requests, double seconds, ref Xorshift random)
    {
        foreach (var link in links)
        {
            link.Send(requests[random.Next(requests.Length)]);
        }

        long answers = 0, bytes = 0, began = Stopwatch.GetTimestamp(), ends = began + (long)(seconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < ends)
        {
            foreach (var link in links)
            {
                bytes += link.Receive();
                answers++;
                link.Send(requests[random.Next(requests.Length)]);
            }
        }

        var taken = Stopwatch.GetElapsedTime(began).TotalSeconds;
        foreach (var link in links)
        {
            link.Receive();
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answers} {taken} {bytes / Math.Max(1, answers)}"));
        return 0;
    }

    // Connections in turn; the oldest outstanding answer is waited for, so a latency is never told too small.
    private static int Open(Link[] links, byte[][] requests, double seconds, double rate, ref Xorshift random)
    {
        var step = Stopwatch.Frequency / rate;
        var due = new Queue<(Link Link, long Due)>();
        var latencies = new List<double>((int)(seconds * rate) + 1);
        long began = Stopwatch.GetTimestamp(), sent = 0, planned = (long)(seconds * rate);
        while (latencies.Count < planned)
        {
            var now = Stopwatch.GetTimestamp();
            var next = began + (long)(sent * step);
            if (sent < planned && now >= next && due.Count < links.Length)
            {
                var link = links[sent % links.Length];
                link.Send(requests[random.Next(requests.Length)]);
                due.Enqueue((link, next));
                sent++;
                continue;
            }

            if (due.TryPeek(out var oldest) && (due.Count == links.Length || sent == planned || oldest.Link.HasAnswer))
            {
                oldest.Link.Receive();
                latencies.Add(Stopwatch.GetElapsedTime(oldest.Due).TotalMicroseconds);
                due.Dequeue();
            }
        }

        latencies.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{latencies.Count} {Stopwatch.GetElapsedTime(began).TotalSeconds} 0 {At(0.5):0} {At(0.99):0} {At(0.999):0}"));
        return 0;

        double At(double part) => latencies[Math.Min(latencies.Count - 1, (int)(latencies.Count * part))];
    }

    private static byte[][] Requests(string file, string path, string type)
    {
        ReadOnlySpan<byte> all = File.ReadAllBytes(file);
        var requests = new List<byte[]>();
        while (!all.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(all);
            requests.Add([.. Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n\r\n"), .. all.Slice(4, length)]);
            all = all[(4 + length)..];
        }

        return [.. requests];
    }

    private struct Xorshift(ulong state)
    {
        public int Next(int below)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            return (int)(state % (ulong)below);
        }
    }

    private sealed class Link : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] _buffer = new byte[64 * 1024];

        public Link(int port) => _socket.Connect(IPAddress.Loopback, port);

        public void Dispose() => _socket.Dispose();

        public bool HasAnswer => _socket.Available > 0;

        public void Send(byte[] request) => _socket.Send(request);

        /// <summary>Reads one answer, which must be a 200.</summary>
        public int Receive()
        {
            var filled = 0;
            while (true)
            {
                var read = _socket.Receive(_buffer, filled, _buffer.Length - filled, SocketFlags.None);
                if (read == 0)
                {
                    throw new IOException("The server closed a connection.");
                }

                filled += read;
                ReadOnlySpan<byte> got = _buffer.AsSpan(0, filled);
                var end = got.IndexOf("\r\n\r\n"u8);
                if (end < 0)
                {
                    continue;
                }

                if (!got.StartsWith("HTTP/1.1 200"u8))
                {
                    throw new IOException(Encoding.ASCII.GetString(got[..end]));
                }

                var head = got[..end];
                var at = head.IndexOf("Content-Length: "u8) + 16;
                var length = 0;
                while (at < head.Length && char.IsAsciiDigit((char)head[at]))
                {
                    length = (length * 10) + head[at++] - '0';
                }

                if (filled == end + 4 + length)
                {
                    return length;
                }
            }
        }
    }
}
