using Hufu.Contracts;

namespace Hufu.Ra.Sources;

/// <summary>Plays the sources for tests and demonstrations, and says so in every answer: a name with 查无 is not found, one with 不符 differs, everything else matches.</summary>
internal static class SourceSimulator
{
    public static SourceReply Answer(SourceRequest request)
    {
        var outcome = request.Fields.Values.Any(value => value.Contains("查无", StringComparison.Ordinal)) ? SourceOutcome.NotFound
            : request.Fields.Values.Any(value => value.Contains("不符", StringComparison.Ordinal)) ? SourceOutcome.Mismatch
            : SourceOutcome.Match;
        return new SourceReply(request.Nonce, outcome, Simulated: true, $"【模拟数据，非真实查询】{request.Source}: {outcome}. Simulated: no real source was asked.");
    }
}
