using System.Numerics;
using Hufu.Pki;
using Xunit;

namespace Hufu.Kernel.Tests.Pki;

public class SerialNumberTests
{
    [Theory]
    [InlineData("00", "00", "00")]
    [InlineData("01", "01", "01")]
    [InlineData("7f", "7f", "7f")]
    [InlineData("80", "80", "0080")]
    [InlineData("0080", "80", "0080")]
    [InlineData("000000000000000000000000000000000000000000ff", "ff", "00ff")]
    [InlineData("00ab", "ab", "00ab")]
    [InlineData("0abc", "0abc", "0abc")]
    [InlineData("ABC", "0abc", "0abc")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffff", "ffffffffffffffffffffffffffffffffffffffff", "00ffffffffffffffffffffffffffffffffffffffff")]
    public void R02_leading_zeros_and_high_bits_survive_text_and_DER(string text, string canonical, string content)
    {
        Assert.True(SerialNumber.TryParse(text, out SerialNumber serial));
        Assert.Equal(canonical, serial.ToString());
        Assert.Equal(content, Convert.ToHexStringLower(serial.Content));
        Assert.Equal(serial, SerialNumber.FromBytes(Convert.FromHexString(text.Length % 2 == 0 ? text : "0" + text)));
        Assert.True(SerialNumber.TryParse(serial.ToString(), out SerialNumber again));
        Assert.Equal(serial, again);
        Assert.Equal(serial.GetHashCode(), again.GetHashCode());

        TbsCertificate tbs = TestPki.Tbs("C=CN, CN=x", TestPki.Instance.SigningKey.PublicKey, TestPki.Instance.Ca) with { SerialNumber = serial };
        Assert.Equal(serial, TbsCertificate.Decode(tbs.Encode()).SerialNumber);
    }

    [Theory]
    [InlineData("")]
    [InlineData("xy")]
    [InlineData("-1")]
    [InlineData("01ffffffffffffffffffffffffffffffffffffffff")]
    public void What_is_no_serial_is_refused(string text) => Assert.False(SerialNumber.TryParse(text, out _));

    [Fact]
    public void R01_random_serials_are_20_bytes_positive_and_every_free_bit_is_set_half_the_time()
    {
        const int Count = 20_000;
        int[] set = new int[160];
        for (int i = 0; i < Count; i++)
        {
            SerialNumber serial = SerialNumber.Create();
            Assert.Equal(20, serial.Content.Length);
            Assert.True(serial.IsPositive && serial.Content[0] != 0);
            BigInteger bits = new(serial.Content, isUnsigned: true, isBigEndian: true);
            for (int b = 0; b < 159; b++)
            {
                set[b] += bits.IsEven ? 0 : 1;
                bits >>= 1;
            }
        }

        // Six standard deviations: sqrt(n)/2 * 6. The seven bits of the first byte lean by 1/127 because zero is drawn again.
        Assert.All(set[..152], n => Assert.InRange(n, (Count / 2) - 425, (Count / 2) + 425));
        Assert.All(set[152..159], n => Assert.InRange(n, (Count / 2) - 425, (Count / 2) + 600));
    }

    [Fact]
    public void A_negative_serial_is_read_but_not_positive()
    {
        DerReader reader = new(new byte[] { 2, 1, 0xFF });
        SerialNumber serial = SerialNumber.Read(ref reader);
        Assert.False(serial.IsPositive);
        Assert.Equal("-01", serial.ToString());
    }
}
