using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hufu.Contracts;

namespace Hufu.Hosting;

/// <summary>A refusal as problem details (RFC 9457, <c>application/problem+json</c>).</summary>
/// <param name="Type"><c>https://hufu.invalid/refusals/{code}</c>.</param>
/// <param name="Title">The sentence in Chinese.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">The sentence in English, then the evidence.</param>
/// <param name="Code">The refusal's code in kebab-case.</param>
/// <param name="Evidence">What was wrong, where; may be empty.</param>
/// <param name="Field">The field that was wrong, or null.</param>
/// <param name="Next">What to do next.</param>
/// <param name="Id">To quote to the operator; of a fault, also its id in the log.</param>
public sealed record RefusalProblem(
    string Type, string Title, int Status, string Detail, string Code, string Evidence, string? Field, NextStep Next, string Id)
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/problem+json";

    private const string TypeBase = "https://hufu.invalid/refusals/";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The problem of a refusal.</summary>
    /// <param name="refusal">What is refused.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="status">Another status than the table's, where the framework decided (405, 415).</param>
    public static RefusalProblem Of(Refusal refusal, string id, int? status = null)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        var code = JsonNamingPolicy.KebabCaseLower.ConvertName(refusal.Code.ToString());
        var text = RefusalCatalogue.Of(refusal.Code);
        return new RefusalProblem(
            TypeBase + code, text.Zh, status ?? RefusalStatus.Of(refusal.Code), refusal.ToString(), code, refusal.Evidence, refusal.Field, new NextStep(text.NextZh, text.NextEn), id);
    }

    /// <summary>The JSON, UTF-8.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);
}

/// <summary>What to do next.</summary>
/// <param name="Zh">In Chinese.</param>
/// <param name="En">In English.</param>
public sealed record NextStep(string Zh, string En);
