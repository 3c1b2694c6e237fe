export const FIRST_YEAR = 1790;
export const LAST_YEAR = 2021;
