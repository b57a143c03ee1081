using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;

namespace Hufu.Portal.Rendering;

/// <summary>What a room refused, in words for the person who asked.</summary>
/// <param name="Code">The refusal's code.</param>
/// <param name="Zh">What is wrong, in Chinese.</param>
/// <param name="En">What is wrong, in English.</param>
/// <param name="Evidence">What exactly; may be empty.</param>
/// <param name="NextZh">What to do next, in Chinese.</param>
/// <param name="NextEn">What to do next, in English.</param>
/// <param name="Field">The field meant, or null.</param>
/// <param name="Id">To quote.</param>
internal sealed record Problem(string Code, string Zh, string En, string Evidence, string NextZh, string NextEn, string? Field, string Id)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads problem details; anything else becomes "the room could not answer".</summary>
    public static Problem Read(ReadOnlySpan<byte> body)
    {
        try
        {
            if (JsonSerializer.Deserialize<RefusalProblem>(body, Json) is { Code: not null, Next: not null } read)
            {
                var english = read.Evidence.Length > 0 && read.Detail.EndsWith(read.Evidence, StringComparison.Ordinal) ? read.Detail[..^read.Evidence.Length].TrimEnd() : read.Detail;
                return new Problem(read.Code, read.Title, english, read.Evidence, read.Next.Zh, read.Next.En, read.Field, read.Id);
            }
        }
        catch (JsonException)
        {
            // Falls through: what did not come from a room is not shown.
        }

        return Silent;
    }

    /// <summary>What the portal itself refuses, in the catalogue's words.</summary>
    public static Problem Of(RefusalCode code, string evidence = "", string? field = null)
    {
        var text = RefusalCatalogue.Of(code);
        return new Problem(JsonNamingPolicy.KebabCaseLower.ConvertName(code.ToString()), text.Zh, text.En, evidence, text.NextZh, text.NextEn, field, "-");
    }

    /// <summary>A room did not answer, or not in its own words.</summary>
    public static Problem Silent { get; } = new("no-answer", "服务暂时没有应答。", "The service did not answer.", "", "请稍后再试；已提交的内容不会丢失。", "Try again in a moment; what was submitted is not lost.", null, "-");
}
