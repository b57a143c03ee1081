using Hufu.Tsa.Tokens;
using Xunit;

namespace Hufu.Modules.Tests.Tsa;

public sealed class TokenSerialsTests
{
    [Fact]
    public void Serials_of_different_starts_never_meet()
    {
        var serials = new HashSet<string>(StringComparer.Ordinal);
        for (var start = 1; start <= 20; start++)
        {
            var source = new TokenSerials(start);
            for (var i = 0; i < 1000; i++)
            {
                // Without the random part: what makes them differ is the sequence alone.
                Assert.True(serials.Add(Convert.ToHexStringLower(source.Next().AsSpan(0, 9))));
            }
        }
    }

    [Fact]
    public void A_serial_is_a_positive_integer_of_sixteen_bytes_with_56_random_bits()
    {
        var source = new TokenSerials(1);
        var ones = new int[56];
        for (var i = 0; i < 4096; i++)
        {
            var serial = source.Next();
            Assert.Equal(16, serial.Length);
            Assert.InRange(serial[0], 0x40, 0x7F);
            for (var bit = 0; bit < 56; bit++)
            {
                ones[bit] += (serial[9 + (bit / 8)] >> (bit % 8)) & 1;
            }
        }

        Assert.All(ones, count => Assert.InRange(count, 1800, 2300));
    }

    [Fact]
    public void A_start_that_was_not_numbered_gives_no_serial() => Assert.Throws<InvalidOperationException>(() => new TokenSerials(0).Next());
}
