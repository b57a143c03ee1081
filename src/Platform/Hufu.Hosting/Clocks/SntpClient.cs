using System.Buffers.Binary;
using System.Net.Sockets;
using Hufu.Crypto;

namespace Hufu.Hosting;

/// <summary>Asks one NTP server how far the clock is off (RFC 5905 14, the client's part of SNTP).</summary>
internal static class SntpClient
{
    private const int Size = 48;
    private const long EpochToUnix = 2_208_988_800;

    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(2);

    /// <summary>The clock's offset: what is to be added to it to have the server's time. Half of the way there and back is the most that it can be wrong by.</summary>
    /// <param name="server"><c>host</c> or <c>host:port</c>.</param>
    /// <param name="clock">The clock that is asked about.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when nothing usable came within two seconds.</returns>
    public static async Task<TimeSpan?> OffsetAsync(string server, TimeProvider clock, CancellationToken ct)
    {
        var colon = server.LastIndexOf(':');
        var port = 123;
        var host = colon > 0 && int.TryParse(server.AsSpan(colon + 1), out port) ? server[..colon] : server;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_wait);
        try
        {
            using var udp = new UdpClient();
            udp.Connect(host, port);
            var request = new byte[Size];
            request[0] = 0x23; // version 4, client
            // Not our time but a random number: who cannot see the request cannot answer it.
            SecureRandom.Fill(request.AsSpan(40, 8));
            var sent = clock.GetUtcNow();
            await udp.SendAsync(request, limit.Token).ConfigureAwait(false);
            while (true)
            {
                var answer = (await udp.ReceiveAsync(limit.Token).ConfigureAwait(false)).Buffer;
                var received = clock.GetUtcNow();
                if (answer.Length >= Size && answer.AsSpan(24, 8).SequenceEqual(request.AsSpan(40, 8)))
                {
                    return IsUsable(answer) ? ((Time(answer.AsSpan(32)) - sent) + (Time(answer.AsSpan(40)) - received)) / 2 : null;
                }
            }
        }
        catch (Exception none) when (none is SocketException || (none is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    // A server's answer (mode 4) that is in step itself (leap 3: not; stratum 0 or 16: not).
    private static bool IsUsable(byte[] answer) => (answer[0] & 7) == 4 && answer[0] >> 6 != 3 && answer[1] is >= 1 and <= 15 && BinaryPrimitives.ReadInt64BigEndian(answer.AsSpan(40)) != 0;

    // Seconds since 1900 and a 32-bit fraction; below the middle of its range it is the era that begins in 2036.
    private static DateTimeOffset Time(ReadOnlySpan<byte> stamp)
    {
        long seconds = BinaryPrimitives.ReadUInt32BigEndian(stamp);
        seconds += seconds < 0x8000_0000 ? 0x1_0000_0000 : 0;
        return DateTimeOffset.UnixEpoch.AddSeconds(seconds - EpochToUnix).AddTicks(BinaryPrimitives.ReadUInt32BigEndian(stamp[4..]) * TimeSpan.TicksPerSecond >> 32);
    }
}
