using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Governance;

public sealed class FieldTests
{
    [Theory]
    [InlineData("91110108MA01HF261H")]
    [InlineData("91110105MA02RRW082")]
    [Clause("6.2.1.3-a")]
    public void R13_SocialCreditCodeWithRightCheckCharacterPasses(string code) => Assert.Null(SocialCreditCode.Fault(code));

    [Theory]
    [InlineData("91110108MA01HF2610", "check")]
    [InlineData("91110108MA01HF162H", "check")]
    [InlineData("91110108MA01HF26I0", "check", false)]
    [InlineData("9111O108MA01HF261H", "not one of those")]
    [InlineData("91990108MA01HF261H", "region")]
    [InlineData("91110108MA01HF261", "18")]
    [InlineData("", "18")]
    public void R13_SocialCreditCodeFaultsAreNamed(string code, string words, bool exact = true)
    {
        var fault = SocialCreditCode.Fault(code);
        Assert.NotNull(fault);
        if (exact)
        {
            Assert.Contains(words, fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Clause("6.2.1.3-a")]
    public void R13_EverySingleWrongCharacterOfACreditCodeIsFound()
    {
        const string right = "91110108MA01HF261H";
        foreach (var (place, other) in Enumerable.Range(8, 10).SelectMany(place => "0123456789ABCDEFGHJKLMNPQRTUWXY".Select(other => (place, other))).Where(pair => right[pair.place] != pair.other))
        {
            Assert.NotNull(SocialCreditCode.Fault(right[..place] + other + right[(place + 1)..]));
        }
    }

    [Theory]
    [InlineData("110101199003076632", null)]
    [InlineData("310101197501011231", null)]
    [InlineData("110101199003076631", "check")]
    [InlineData("110101199013076632", "date")]
    [InlineData("990101199003076632", "region")]
    [InlineData("11010119900307663x", "check")]
    [InlineData("11010119900307663", "18")]
    [Clause("6.2.1.3-a")]
    public void R13_IdentityNumber(string number, string? words)
    {
        var fault = IdentityNumber.Fault(number);
        if (words is null)
        {
            Assert.Null(fault);
        }
        else
        {
            Assert.Contains(words, fault, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("北京\u200B虎符")] // invisible
    [InlineData("北京\u202E虎符")] // turns the direction
    [InlineData("北京\uF9DC虎符")] // compatibility ideograph
    [InlineData("e\u0301cole")] // combining mark
    [InlineData("北京\uE000")] // private use
    [InlineData("北京\u0007")]
    [InlineData(" 北京")]
    [InlineData("北京\u3000")]
    [Clause("6.1.3.2-g")]
    public void R13_NamesThatWouldMisleadAreRefused(string name)
    {
        var profile = SourceTree.Policy.HolderProfile("organisation");
        Dictionary<string, string> fields = new()
        {
            ["organisationName"] = name, ["creditCode"] = "91110108MA01HF261H", ["agentName"] = "卫经办", ["agentIdentityNumber"] = "110101199003076632",
            ["agentPhone"] = "13800000000", ["agentEmail"] = "a@example.cn",
        };
        var refused = Assert.Throws<RefusedException>(() => FieldRules.Check(profile, fields));
        Assert.Equal((RefusalCode.FieldInvalid, "organisationName"), (refused.Refusal.Code, refused.Refusal.Field));
        fields["organisationName"] = "艾力·买买提（北京）科技有限公司";
        FieldRules.Check(profile, fields);
    }
}
