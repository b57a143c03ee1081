using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>Codes as they stand on the wire.</summary>
internal static class ContractWords
{
    public static string Of(RefusalCode code) => JsonNamingPolicy.KebabCaseLower.ConvertName(code.ToString());
}
