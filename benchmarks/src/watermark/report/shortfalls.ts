/** Why a scheme falls short of its targets, by document; written by people who know, shown beside the figures. */
export const SHORTFALLS: Readonly<Record<string, string>> = {};
