using System.Text.RegularExpressions;

namespace Hufu.Architecture.Tests.Checks;

/// <summary>Names that say nothing (style.md 4) or hide the framework's (design.md, The tree).</summary>
internal static partial class ForbiddenNames
{
    private static readonly HashSet<string> Empty = ["Core", "Common", "Shared", "Base", "Util", "Utils", "Utility", "Utilities", "Helper", "Helpers", "Manager", "Managers"];
    private static readonly HashSet<string> Hiding = ["Directory", "System", "Console", "Security", "Text", "Path", "Timers"];

    /// <summary>Types that end so for a reason.</summary>
    private static readonly Dictionary<string, string> Exempt = new()
    {
        ["FixedBase"] = "fixed-base multiplication: the field's term",
        ["VariableBase"] = "variable-base multiplication: the field's term",
    };

    /// <summary>True for a type called, or ending with the word, Core, Common, Shared, Base, Utils, Helper or Manager.</summary>
    public static bool IsForbiddenType(string name) => !Exempt.ContainsKey(name) && Empty.Contains(LastWord().Match(name).Value);

    /// <summary>True for a folder or a part of a namespace with such a name.</summary>
    public static bool IsForbiddenPart(string part) => Empty.Contains(part);

    /// <summary>True for a part of a Hufu namespace that would hide a namespace of the framework.</summary>
    public static bool HidesFramework(string part) => Hiding.Contains(part);

    [GeneratedRegex("[A-Z][a-z0-9]*$")]
    private static partial Regex LastWord();
}
