using System.Buffers.Binary;
using Hufu.Crypto;
using Hufu.Ocsp.Status;
using Xunit;

namespace Hufu.Modules.Tests.Ocsp;

public sealed class SerialTableTests
{
    [Theory]
    [InlineData(1, 0, 256)]
    [InlineData(4, 1, 20_000)]
    [InlineData(16, 0, 50_000)]
    [InlineData(20, 9, 20_000)]
    public void Holds_every_serial_whole_with_its_payload(int serialLength, int payloadLength, int count)
    {
        var table = new SerialTable(serialLength, payloadLength);
        for (var i = 0; i < count; i++)
        {
            Assert.True(table.Set(Serial(i, serialLength), Payload(i, payloadLength)));
        }

        Assert.Equal(count, table.Count);
        var found = new byte[payloadLength];
        for (var i = 0; i < count; i++)
        {
            Assert.True(table.TryGet(Serial(i, serialLength), found));
            Assert.Equal(Payload(i, payloadLength), found);
        }

        if (serialLength > 1)
        {
            for (var i = count; i < count + 1000; i++)
            {
                Assert.False(table.TryGet(Serial(i, serialLength), found));
            }
        }
    }

    [Fact]
    public void A_second_set_replaces_the_payload_and_counts_once()
    {
        var table = new SerialTable(8, 1);
        Assert.True(table.Set(Serial(7, 8), [1]));
        Assert.False(table.Set(Serial(7, 8), [2]));
        Span<byte> payload = stackalloc byte[1];
        Assert.True(table.TryGet(Serial(7, 8), payload));
        Assert.Equal(2, payload[0]);
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void Another_length_is_not_held_and_cannot_be_put_in()
    {
        var table = new SerialTable(8, 0);
        table.Set(Serial(7, 8), []);
        Assert.False(table.TryGet([0, .. Serial(7, 8)], []));
        Assert.False(table.TryGet(Serial(7, 8).AsSpan(1), []));
        Assert.Throws<ArgumentException>(() => table.Set(Serial(7, 9), []));
    }

    [Fact]
    public void What_is_taken_out_is_gone_and_the_rest_stays()
    {
        var table = new SerialTable(16, 1);
        for (var i = 0; i < 5_000; i++)
        {
            table.Set(Serial(i, 16), [(byte)i]);
        }

        for (var i = 0; i < 5_000; i += 3)
        {
            Assert.True(table.Remove(Serial(i, 16)));
            Assert.False(table.Remove(Serial(i, 16)));
        }

        Span<byte> payload = stackalloc byte[1];
        for (var i = 0; i < 5_000; i++)
        {
            Assert.Equal(i % 3 != 0, table.TryGet(Serial(i, 16), payload));
        }
    }

    [Fact]
    public async Task What_was_put_in_is_found_while_the_table_grows()
    {
        const int Count = 60_000;
        var table = new SerialTable(16, 0);
        var written = 0;
        var missed = 0;
        var reading = Task.Run(
            () =>
            {
                var step = 1;
                while (Volatile.Read(ref written) < Count)
                {
                    var bound = Volatile.Read(ref written);
                    for (var i = 0; i < bound; i += 1 + (step++ % 97))
                    {
                        if (!table.TryGet(Serial(i, 16), []))
                        {
                            missed++;
                        }
                    }
                }
            },
            TestContext.Current.CancellationToken);
        for (var i = 0; i < Count; i++)
        {
            table.Set(Serial(i, 16), []);
            Volatile.Write(ref written, i + 1);
        }

        await reading;
        Assert.Equal(0, missed);
    }

    // Serials as an authority makes them: the number spread over all bytes by a digest; one byte long ones are the number itself.
    private static byte[] Serial(int number, int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return length == 1 ? [bytes[0]] : length == 4 ? bytes : Sm3.HashData(bytes)[..length];
    }

    private static byte[] Payload(int number, int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill((byte)(number % 251));
        return bytes;
    }
}
