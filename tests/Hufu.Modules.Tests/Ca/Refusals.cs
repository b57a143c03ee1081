using Hufu.Contracts;
using Xunit;

namespace Hufu.Modules.Tests.Ca;

/// <summary>What is expected to be refused, with its code.</summary>
internal static class Refusals
{
    public static async Task<Refusal> ExpectAsync(RefusalCode code, Func<Task> work)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(work);
        Assert.Equal(code, refused.Refusal.Code);
        return refused.Refusal;
    }

    public static Refusal Expect(RefusalCode code, Action work)
    {
        var refused = Assert.Throws<RefusedException>(work);
        Assert.Equal(code, refused.Refusal.Code);
        return refused.Refusal;
    }
}
