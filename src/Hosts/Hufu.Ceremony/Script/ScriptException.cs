namespace Hufu.Ceremony.Script;

/// <summary>A script, a profile or a ceremony that cannot go on: what is wrong, where, and what to do.</summary>
internal sealed class ScriptException(string file, long line, string what) : Exception(line > 0 ? $"{file}:{line}: {what}" : $"{file}: {what}")
{
    /// <summary>The line, from 1; 0 when it is about the whole file.</summary>
    public long Line { get; } = line;
}

/// <summary>An act that was refused while the ceremony ran.</summary>
internal sealed class CeremonyRefusal(string what, string next) : Exception(what)
{
    /// <summary>The next step.</summary>
    public string Next { get; } = next;
}
