using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>Several CAs at once (GM/T 0038), each known by certificate, each with its own range.</summary>
public sealed class SeveralCasTests
{
    [Fact]
    [Clause("6.6.2.2-b")]
    public async Task Gmt0038_two_CAs_are_served_at_once_and_neither_reaches_the_others_keys()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var first = await place.CaBesideAsync(business: staff.Business);
        await using var second = await place.CaBesideAsync("ca-2", staff.Business);
        using var holder = Sm2KeyPair.Generate();
        using var other = Sm2KeyPair.Generate();
        SerialNumber[] numbers = [.. Enumerable.Range(0, 40).Select(_ => SerialNumber.Create())];

        // The same certificate numbers at both, at once.
        var answers = await Task.WhenAll(numbers.SelectMany(number => new[] { place.GiveAsync(first, number, holder.PublicKey), place.GiveAsync(second, number, other.PublicKey) }));

        Assert.Equal(80, answers.Select(answer => Convert.ToHexString(answer.PublicKey.PublicKey.Span)).Distinct().Count());
        foreach (var (answer, i) in answers.Select((answer, i) => (answer, i)))
        {
            using var opened = answer.ToEnvelopedKey().Open(i % 2 == 0 ? holder : other);
            Assert.Equal(answer.PublicKey.Sm2, opened.PublicKey);
        }

        // One revokes; the other's pair of the same number stays in use.
        Assert.IsType<RevokeKeyResult>(Assert.Single(await place.AskAsync(first, new RevokeKeyRequest(numbers[0]))));
        Assert.IsType<RestoreKeyResult>(Assert.Single(await place.AskAsync(second, TestCa.Restore(numbers[0], other.PublicKey))));
        Assert.IsType<ErrorResult>(Assert.Single(await place.AskAsync(second, TestCa.Restore(numbers[0], holder.PublicKey))));
        var only = SerialNumber.Create();
        await place.GiveAsync(first, only, holder.PublicKey);
        Assert.IsType<ErrorResult>(Assert.Single(await place.AskAsync(second, new RevokeKeyRequest(only))));
    }

    [Theory]
    [InlineData("ca", true)]
    [InlineData("ca-2", true)]
    [InlineData("kmc-99", true)]
    [InlineData("ca-1", false)]
    [InlineData("ca-02", false)]
    [InlineData("ca-100", false)]
    [InlineData("ca-", false)]
    [InlineData("ca-2-3", false)]
    [InlineData("cb-2", false)]
    [InlineData("", false)]
    public void A_room_is_called_by_its_kind_and_perhaps_a_number(string name, bool valid) => Assert.Equal(valid, Rooms.IsName(name));
}
