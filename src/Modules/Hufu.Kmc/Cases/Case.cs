using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Kmc.Cases;

/// <summary>A case as it is now.</summary>
/// <param name="Id">32 hex digits.</param>
/// <param name="Kind">Which kind.</param>
/// <param name="State">How far it is.</param>
/// <param name="Digest">SM3 of the content, hex.</param>
/// <param name="Content">The entered JSON, UTF-8.</param>
/// <param name="OpenedAt">Unix milliseconds.</param>
internal sealed record Case(string Id, CaseKind Kind, CaseState State, string Digest, byte[] Content, long OpenedAt)
{
    /// <summary>What an act on it signs as its state: it binds the act to what was entered.</summary>
    public string StateText => CaseWords.State(State, Digest);

    /// <summary>The content as its contract.</summary>
    public T Read<T>() => JsonSerializer.Deserialize<T>(Content, ContractJson.Options) ?? throw new InvalidDataException("A case without content.");

    /// <summary>The case for its next reader.</summary>
    public CaseStep Step(CaseState state) => new(Id, state, CaseWords.State(state, Digest));
}

/// <summary>Kinds and states as words.</summary>
internal static class CaseWords
{
    /// <summary>kebab-case, as on every door.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>State and digest in one line.</summary>
    public static string State(CaseState state, string digest) => $"{Of(state)} {digest}";
}
