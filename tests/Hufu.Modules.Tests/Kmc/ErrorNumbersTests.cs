using Hufu.Contracts;
using Hufu.Kmc.Serving;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

public sealed class ErrorNumbersTests
{
    [Fact]
    public void Every_refusal_has_an_error_number()
    {
        foreach (var code in Enum.GetValues<RefusalCode>())
        {
            Assert.InRange(ErrorNumbers.Of(code), ErrorNumbers.BadRequest, ErrorNumbers.Fault);
        }
    }

    [Theory]
    [InlineData(RefusalCode.UnknownObject, ErrorNumbers.NoSuchKey)]
    [InlineData(RefusalCode.KeyReused, ErrorNumbers.InUse)]
    [InlineData(RefusalCode.DeviceUnavailable, ErrorNumbers.TryLater)]
    [InlineData(RefusalCode.SignatureInvalid, ErrorNumbers.NotAuthentic)]
    public void What_a_CA_can_do_about_it_decides_the_number(RefusalCode code, int number) => Assert.Equal(number, ErrorNumbers.Of(code));
}
