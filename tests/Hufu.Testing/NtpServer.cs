using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Hufu.Testing;

/// <summary>An NTP server on loopback whose time a test sets apart from the clock.</summary>
public sealed class NtpServer : IAsyncDisposable
{
    private readonly UdpClient _udp = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly TimeProvider _clock;
    private readonly Task _running;
    private long _offset;

    public NtpServer(TimeProvider clock)
    {
        _clock = clock;
        _running = ServeAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_udp.Client.LocalEndPoint!).Port}";

    /// <summary>What its time differs by.</summary>
    public TimeSpan Offset
    {
        set => Volatile.Write(ref _offset, value.Ticks);
    }

    /// <summary>3 says that the server itself is not in step.</summary>
    public int Leap { get; set; }

    /// <summary>Whether it leaves requests without an answer.</summary>
    public bool Silent { get; set; }

    /// <summary>Whether it answers as somebody who has not seen the request must.</summary>
    public bool Blind { get; set; }

    public async ValueTask DisposeAsync()
    {
        _udp.Dispose();
        await _running;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var asked = await _udp.ReceiveAsync();
                if (Silent || asked.Buffer.Length < 48)
                {
                    continue;
                }

                var answer = new byte[48];
                answer[0] = (byte)((Leap << 6) | 0x24);
                answer[1] = 2;
                asked.Buffer.AsSpan(40, 8).CopyTo(answer.AsSpan(24));
                if (Blind)
                {
                    answer[30] ^= 1;
                }

                var time = _clock.GetUtcNow().AddTicks(Volatile.Read(ref _offset)) - DateTimeOffset.UnixEpoch;
                foreach (var at in new[] { 32, 40 })
                {
                    BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(at), (uint)((time.Ticks / TimeSpan.TicksPerSecond) + 2_208_988_800));
                    BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(at + 4), (uint)(((time.Ticks % TimeSpan.TicksPerSecond) << 32) / TimeSpan.TicksPerSecond));
                }

                await _udp.SendAsync(answer, asked.RemoteEndPoint);
            }
        }
        catch (Exception gone) when (gone is ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }
}
